"""What is due, who claims it, and when it is looked at next; on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from crawler.schedule.budget import current_budget
from crawler.schedule.due import (
    LEASE,
    claim_due,
    claim_named,
    new_owner,
    plan_visit,
    pull_back,
    release,
    spread_overdue,
)
from crawler.schedule.upkeep import upkeep
from pipelines.fingerprint import fingerprint
from pipelines.looks import LookResult
from pipelines.storage.copy_models import Anchor, TextPrint
from pipelines.storage.held_pages import hold_page
from pipelines.storage.memory_models import HeldPage
from pipelines.storage.models import Article, Section, Source, Story
from pipelines.storage.sources import find_source_id
from pipelines.storage.watch_models import Alert, Watch
from pipelines.store import store_article
from tests.examples import BODY, SITE, SOURCES, at, make_item, make_look

NOON = at(0)
SLUGS = {source.slug for source in SOURCES}
Sessions = sessionmaker[Session]


def sections_of(session: Session) -> list[Section]:
    return list(session.query(Section).order_by(Section.id))


def claim(
    sessions: Sessions, owner: str, *, lanes: int = 99, later: timedelta = timedelta(0)
) -> set[str]:
    with sessions.begin() as session:
        due = claim_due(session, now=NOON + later, owner=owner, most_lanes=lanes, sources=SLUGS)
    return {f"{d.source}/{d.section}" for d in due}


def test_what_was_never_looked_at_is_due_and_claimed_once(sessions: Sessions) -> None:
    first, second = claim(sessions, "elsewhere:1:1"), claim(sessions, "elsewhere:2:1")

    with sessions() as session:
        assert len(first) == len(sections_of(session))
    assert second == set()


def test_a_claim_ends_with_its_lease(sessions: Sessions) -> None:
    first = claim(sessions, "elsewhere:1:1")

    assert claim(sessions, "elsewhere:2:1", later=LEASE + timedelta(seconds=1)) == first


def test_a_claim_of_a_dead_process_of_this_machine_ends_at_once(sessions: Sessions) -> None:
    dead = new_owner(1).split(":")
    owner = f"{dead[0]}:{2**22 + 1}:1"  # above every process number Linux gives out by default

    first = claim(sessions, owner)

    assert claim(sessions, "elsewhere:2:1") == first


def test_what_is_given_back_is_due_again(sessions: Sessions) -> None:
    first = claim(sessions, "elsewhere:1:1")
    with sessions.begin() as session:
        release(session, "elsewhere:1:1")

    assert claim(sessions, "elsewhere:2:1") == first


def test_at_most_so_many_hosts_are_claimed(sessions: Sessions) -> None:
    claim(sessions, "elsewhere:1:1", lanes=1)

    with sessions() as session:
        leased = {s.lane for s in sections_of(session) if s.lease_owner}
        assert len(leased) == 1


def test_a_source_another_batch_has_is_named_as_busy(sessions: Sessions) -> None:
    claim(sessions, "elsewhere:1:1")

    with sessions.begin() as session:
        claimed, busy = claim_named(session, now=NOON, owner="elsewhere:2:1", sources=SLUGS)

    assert claimed == []
    assert set(busy) == SLUGS


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(days=365)])
def test_a_clock_set_back_makes_no_silence(sessions: Sessions, back: timedelta) -> None:
    with sessions.begin() as session:
        for section in sections_of(session):
            section.last_started_at = NOON + back
            section.next_visit_at = NOON + back + timedelta(hours=1)

    assert claim(sessions, "elsewhere:1:1")


def test_after_a_pause_of_ours_the_overdue_come_back_spread(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for section in sections_of(session):
            section.next_visit_at = NOON - timedelta(days=1)
        late = spread_overdue(session, NOON)
        times = {s.next_visit_at for s in sections_of(session)}

    assert late == len(times)
    assert all(time is not None and time >= NOON for time in times)


@pytest.mark.parametrize(
    ("outcome", "earliest", "latest"),
    [
        ("ok", timedelta(minutes=5), timedelta(hours=12)),
        ("timeout", timedelta(minutes=10), timedelta(hours=13)),
        ("http-4xx", timedelta(minutes=20), timedelta(hours=13)),
    ],
)
def test_a_look_plans_the_next(
    sessions: Sessions, outcome: str, earliest: timedelta, latest: timedelta
) -> None:
    with sessions.begin() as session:
        section = sections_of(session)[0]
        source = session.get_one(Source, section.source_id)
        look = make_look(
            source=source.slug,
            section=section.key,
            outcome=outcome,
            started_at=NOON,
            arrived_at=NOON,
        )
        plan_visit(section, look, LookResult(None), theta=3600.0)

        assert section.next_visit_at is not None
        assert earliest <= section.next_visit_at - NOON <= latest
        assert section.lease_owner is None


def test_a_look_that_was_cut_off_stays_due(sessions: Sessions) -> None:
    with sessions.begin() as session:
        section = sections_of(session)[0]
        section.next_visit_at = NOON
        plan_visit(section, make_look(outcome="stopped"), LookResult(None), theta=3600.0)

        assert section.next_visit_at == NOON


def test_two_that_claim_at_the_same_moment_share_the_hosts(sessions: Sessions) -> None:
    start = threading.Barrier(4)

    def one(number: int) -> set[str]:
        start.wait()
        with sessions.begin() as session:
            due = claim_due(
                session, now=NOON, owner=f"elsewhere:{number}:1", most_lanes=99, sources=SLUGS
            )
        return {d.lane for d in due}

    def named(number: int) -> set[str]:
        start.wait()
        with sessions.begin() as session:
            claimed, _ = claim_named(
                session, now=NOON, owner=f"elsewhere:{number}:1", sources=SLUGS
            )
        return {d.lane for d in claimed}

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(one, 1), pool.submit(one, 2), pool.submit(named, 3)]
        futures.append(pool.submit(named, 4))
        lanes = [lane for future in futures for lane in future.result()]

    assert len(lanes) == len(set(lanes)) > 0


def test_what_was_planned_far_beyond_any_plan_is_due(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for section in sections_of(session):
            section.next_visit_at = NOON + timedelta(days=300)

    assert claim(sessions, "elsewhere:1:1")


def test_plans_follow_a_clock_that_is_set_back(sessions: Sessions) -> None:
    with sessions.begin() as session:
        first, second, third = sections_of(session)
        first.next_visit_at = NOON + timedelta(hours=25)
        first.last_started_at = NOON + timedelta(hours=23)
        second.next_visit_at = NOON + timedelta(hours=23)
        pull_back(session, NOON, timedelta(hours=24))

        assert (first.next_visit_at, first.last_started_at) == (NOON + timedelta(hours=1), NOON)
        assert second.next_visit_at == NOON
        assert third.next_visit_at is None


def raise_alert(session: Session, watch: str, at: datetime, number: int) -> int:
    """Store an alert on an article; return the id of the section that listed it first."""
    path = f"/2026/levy-{number}"
    body = f"{BODY}\nVote number {number}."
    stored = store_article(session, make_item(path, requested_url=SITE + path, article_body=body))
    article = session.get_one(Article, stored.article_id)
    story = Story(title="Levy", first_seen_at=at, last_seen_at=at)
    row = session.query(Watch).filter_by(slug=watch).one_or_none()
    row = row or Watch(slug=watch, name=watch, query="levy", created_at=at)
    session.add_all([story, row])
    session.flush()
    ids = {"watch_id": row.id, "story_id": story.id, "article_id": article.id}
    session.add(Alert(**ids, reason="new", raised_at=at, details={}))
    assert article.section_id is not None
    return article.section_id


def test_sections_that_answer_watches_get_more_of_the_budget(sessions: Sessions) -> None:
    with sessions.begin() as session:
        answering = raise_alert(session, "levy", NOON, 1)
        raise_alert(session, "levy", NOON, 2)
        raise_alert(session, "harbour", NOON, 3)
        raise_alert(session, "long-ago", NOON - timedelta(days=60), 4)
        budget = current_budget(session, 100, now=NOON)
        others = [s.id for s in sections_of(session) if s.id != answering]

        assert budget.weight(answering) == 3.0  # two watches, however many alerts
        assert {budget.weight(section) for section in others} == {1.0}
        # What is kept for an hour is read back as it was.
        assert current_budget(session, 100, now=NOON + timedelta(minutes=59)) == budget


def test_upkeep_forgets_only_what_is_old(database_url: str, sessions: Sessions) -> None:
    with sessions.begin() as session:
        store_article(session, make_item())
        source = find_source_id(session, "valley-post")
        hold_page(session, "a.example/x", source, "key", fingerprint("words " * 40), at=NOON)

    upkeep(database_url, NOON + timedelta(days=1))
    with sessions() as session:
        kept = session.query(TextPrint).count()
        held = session.query(HeldPage).count()
    upkeep(database_url, NOON + timedelta(days=91))
    with sessions() as session:
        assert (kept, session.query(TextPrint).count(), session.query(Anchor).count()) == (1, 0, 0)
        assert (held, session.query(HeldPage).count()) == (1, 0)
