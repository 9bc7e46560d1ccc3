"""States of a source's pages -> what health says of them -> its exit status."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from crawler.commands import health
from crawler.config import DatabaseOptions, Options
from crawler.lost_pages import SourceLoss, read_losses
from pipelines.looks import PageOutcome, SourceLesson
from pipelines.outcome_words import PAGE_SENTENCES
from pipelines.storage.lessons import save_lesson
from pipelines.storage.models import Article, ArticleUrl, ListedLink, Section
from pipelines.storage.pages import record_page
from pipelines.storage.sources import find_section
from pipelines.storage.visits import record_look
from tests.examples import NOON, make_look
from tests.integration.test_health import add_articles

Sessions = sessionmaker[Session]
_TUESDAY = 6 - 0.1  # days before Monday noon

#: (days ago, how many addresses, what became of them); "article", "waiting" or an outcome
History = list[tuple[float, int, str]]


def _save(session: Session, history: History, *, now: datetime) -> None:
    section = find_section(session, "valley-post", "politics")
    add_articles(session, 1, days_ago=0)
    session.flush()
    article = session.scalars(select(Article)).one()
    for number, (days_ago, count, outcome) in enumerate(history):
        listed_at = now - timedelta(days=days_ago)
        for each in range(count):
            url = f"https://valleypost.example/{number}/{each}"
            common = {"url_key": url, "url": url}
            times = dict.fromkeys(("first_listed_at", "last_listed_at"), listed_at)
            session.add(ListedLink(**common, **times, section_id=section.id))
            if outcome == "article":
                session.add(
                    ArticleUrl(**common, article_id=article.id, seen_as="listed", first_seen_at=now)
                )
            elif outcome != "waiting":
                page = PageOutcome(url, url, "valley-post", outcome, listed_at, None)
                for _ in range(1 + each % 3):  # asked up to three times, lost once
                    record_page(session, page)


_MONTH: History = [(20, 60, "article"), (20, 6, "empty")]
_STATES: dict[str, tuple[History, str | None, bool]] = {
    "nothing listed": ([], None, False),
    "all is well": ([*_MONTH, (0.5, 12, "article")], None, False),
    "a few as ever": ([*_MONTH, (0.5, 12, "article"), (0.5, 1, "empty")], None, False),
    "a rise": (
        [*_MONTH, (_TUESDAY, 12, "empty"), (_TUESDAY, 2, "article")],
        "12 of 14 new addresses gave no article since Tuesday: empty",
        True,
    ),
    "a rise below one half": (
        [*_MONTH, (0.5, 11, "article"), (0.5, 9, "soft-404")],
        "9 of 20 new addresses gave no article since Monday: soft-404",
        True,
    ),
    "a rise of several reasons": (
        [*_MONTH, (0.5, 3, "article"), (0.5, 4, "empty"), (0.5, 3, "front"), (0.5, 3, "consent")],
        "10 of 13 new addresses gave no article since Monday: 4 empty, 3 consent, 3 front",
        True,
    ),
    "a new source of which nothing can be read": (
        [(0.1, 5, "empty")],
        "5 of 5 new addresses gave no article since Monday: empty",
        True,
    ),
    "a new source, too early to say": ([(0.1, 4, "empty")], None, False),
    "a new source that fails us": (
        [(0.1, 5, "http-403"), (0.1, 1, "article")],
        "5 of 6 new addresses gave no article since Monday: http-403",
        True,
    ),
    "it was always so": (
        [(20, 30, "paywall"), (0.5, 9, "paywall")],
        "9 of 9 new addresses gave no article since Monday: paywall",
        True,
    ),
    "a source of videos": (
        [(20, 30, "video"), (0.5, 9, "video"), (0.5, 1, "article")],
        "9 of 10 new addresses gave no article since Monday: video",
        False,
    ),
    "a new source of podcasts": (
        [(0.5, 9, "podcast")],
        "9 of 9 new addresses gave no article since Monday: podcast",
        False,
    ),
    "videos where articles were": (
        [*_MONTH, (0.5, 9, "video"), (0.5, 1, "article")],
        "9 of 10 new addresses gave no article since Monday: video",
        True,
    ),
    "articles lost among videos": (
        [(0.5, 20, "video"), (0.5, 6, "empty")],
        "6 of 26 new addresses gave no article since Monday: empty",
        True,
    ),
    "walls": (
        [(0.1, 5, "wall")],
        f"5 of 5 new addresses gave no article since Monday: wall; wall: {PAGE_SENTENCES['wall']}",
        True,
    ),
    "not asked for yet": ([(0.5, 20, "waiting"), (0.5, 9, "held-off")], None, False),
    "longer ago than anybody remembers": ([(40, 20, "empty")], None, False),
}


@pytest.mark.parametrize("state", _STATES)
def test_each_state_has_its_sentence(sessions: Sessions, state: str) -> None:
    history, sentence, is_ill = _STATES[state]
    with sessions.begin() as session:
        _save(session, history, now=NOON)

    with sessions() as session:
        losses = read_losses(session, now=NOON)
        elsewhere = read_losses(session, now=NOON, slugs=["harbour-courier"])

    expected = [SourceLoss("valley-post", sentence, is_ill)] if sentence else []
    assert losses == expected
    assert elsewhere == []


_DAYS = {
    "new": (
        {"2026-11-10": {"pages": 30}, "2026-11-23": {"pages": 9, "images: IndexError": 8}},
        True,
    ),
    "at once": ({"2026-11-23": {"pages": 5, "images: IndexError": 3}}, True),
    "as ever": (
        {
            "2026-11-10": {"pages": 30, "images: IndexError": 28},
            "2026-11-23": {"pages": 9, "images: IndexError": 8},
        },
        False,
    ),
}


@pytest.mark.parametrize("state", _DAYS)
def test_fields_that_cannot_be_read_are_told_as_a_fault_of_ours(
    sessions: Sessions, state: str
) -> None:
    days, is_ill = _DAYS[state]
    with sessions.begin() as session:
        save_lesson(session, SourceLesson("valley-post", "{}", {}, NOON, days))

    with sessions() as session:
        losses = read_losses(session, now=NOON)

    assert [loss.is_ill for loss in losses] == [is_ill]
    assert losses[0].reason.startswith("images: IndexError could not be read on ")


@pytest.mark.parametrize(
    ("state", "status"),
    [("all is well", 0), ("a rise", 3), ("a source of videos", 0), ("it was always so", 3)],
)
def test_losses_reach_the_exit_status(
    database_url: str,
    sessions: Sessions,
    state: str,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        for source, section in (
            ("valley-post", "politics"),
            ("valley-post", "front"),
            ("harbour-courier", "politics"),
        ):
            look = make_look("/a", minute=(now - NOON).total_seconds() / 60 - 1)
            record_look(session, replace(look, source=source, section=section))
        session.execute(update(Section).values(next_visit_at=now + timedelta(hours=1)))
        _save(session, _STATES[state][0], now=now)
    options = Options(tmp_path, DatabaseOptions(url=database_url))
    monkeypatch.setattr(health, "options_of", lambda _args: options)
    shown = argparse.Namespace(source=[], all=False, json=False)

    assert health.run(shown) == status

    out, err = capsys.readouterr()
    assert ("losing" in out, "1 losing" in err) == (status == 3, status == 3)
    assert ("no article" in out) == (status == 3)
    health.run(argparse.Namespace(source=[], all=True, json=False))
    told = " ".join(capsys.readouterr().out.split())
    assert ("no article" in told) == (_STATES[state][1] is not None)
