"""The facts behind the health of a section are read from either database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from crawler.health import SectionHealth, judge_section, read_facts
from pipelines.storage.health_queries import DAY, MONTH, WEEK
from pipelines.storage.models import Article, Section, Visit
from pipelines.storage.sources import find_section, find_source_id
from pipelines.storage.visits import record_look
from tests.examples import NOON, at, make_look

Sessions = sessionmaker[Session]
_MINUTES_A_DAY = 24 * 60


def judged(sessions: Sessions) -> dict[str, SectionHealth]:
    with sessions() as session:
        facts = read_facts(session, now=NOON)
    return {f"{f.source}/{f.section}": judge_section(f, now=NOON) for f in facts}


def add_articles(session: Session, count: int, *, days_ago: float, **fields: Any) -> None:
    """Store articles of The Valley Post's politics feed with only what health looks at."""
    section = find_section(session, "valley-post", "politics")
    lists = ("authors", "robots_directives", "corrections", "date_flags", "cut_fields")
    for number in range(count):
        seen_at = NOON - timedelta(days=days_ago, minutes=-number)
        values: dict[str, Any] = {
            "source_id": find_source_id(session, "valley-post"),
            "section_id": section.id,
            "url": f"https://valleypost.example/{days_ago}/{number}",
            "first_seen_at": seen_at,
            "fetched_at": seen_at,
            "headline": "Council puts off harbour levy",
            "article_body": "The council met.",
            "text_hash": f"{days_ago}-{number}",
            "parser_version": "1",
            "evidence": {},
            "images": [],
            "keywords": [],
            "wire_credit": [],
            **{name: [] for name in lists},
        }
        session.add(Article(**(values | fields)))


def test_a_section_never_looked_at_says_so(sessions: Sessions) -> None:
    found = judged(sessions)

    assert {health.state for health in found.values()} == {"late"}
    (reason,) = found["valley-post/politics"].reasons
    assert reason.startswith("never looked at: is `firstseen run`")


def test_looks_tell_the_last_success_and_the_new_links(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for minute, paths in ((-3000, ("/a", "/b")), (-600, ("/a", "/c")), (-30, ("/d", "/e"))):
            record_look(session, make_look(*paths, minute=minute))
        record_look(session, make_look(minute=-5, outcome="timeout", links=None, detail="slow"))

    with sessions() as session:
        facts = read_facts(session, now=NOON, slugs=["valley-post"])

    politics = next(f for f in facts if f.section == "politics")
    assert {f.source for f in facts} == {"valley-post"}
    assert (politics.last_success_at, politics.failures) == (at(-30), 1)
    assert politics.last is not None
    assert (politics.last.outcome, politics.last.detail) == ("timeout", "slow")
    assert politics.last_new_at == at(-30)
    assert (politics.seen_day, politics.seen_week) == (3, 3)  # the first look is no news
    assert politics.first_look_at == at(-3000.01)


def test_a_vanished_byline_is_noticed_from_the_stored_articles(sessions: Sessions) -> None:
    with sessions.begin() as session:
        record_look(session, make_look("/a", minute=-5))
        section = update(Section).where(Section.key == "politics")
        session.execute(section.values(next_visit_at=at(10)))
        add_articles(session, 30, days_ago=3, byline="By Ada Quill", images=[{"url": "x"}])
        add_articles(session, 5, days_ago=20, byline="By Ada Quill")
        add_articles(session, 9, days_ago=0.5, byline=None, images=[{"url": "x"}])

    health = judged(sessions)["valley-post/politics"]

    assert health.state == "degraded"
    assert health.reasons == ("byline fell from 100% to 0%",)
    counts = health.facts.fields
    assert [counts[period].articles for period in (DAY, WEEK, MONTH)] == [9, 30, 5]
    assert counts[DAY].having["images"] == 9
    assert counts[MONTH].having["images"] == 0


def test_pages_that_no_longer_give_articles_are_noticed(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for minute in (-3 * _MINUTES_A_DAY, -60):
            record_look(session, make_look("/a", minute=minute))
        session.execute(update(Section).values(next_visit_at=at(10)))
        session.execute(update(Visit).where(Visit.started_at < at(-600)).values(articles_stored=40))
        session.execute(
            update(Visit).where(Visit.started_at > at(-600)).values(pages_without_article=15)
        )

    health = judged(sessions)["valley-post/politics"]

    assert (health.state, health.reasons) == ("degraded", ("readable fell from 100% to 0%",))


def test_a_section_that_left_its_file_is_retired(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(update(Section).where(Section.key == "front").values(enabled=False))

    assert judged(sessions)["valley-post/front"].state == "retired"
