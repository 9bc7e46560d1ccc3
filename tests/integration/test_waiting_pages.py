"""What waits for its article is counted and told, and so is what was never read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from crawler.lost_pages import SourceLoss
from crawler.waiting_pages import read_waiting
from pipelines.looks import PageOutcome
from pipelines.storage.visits import record_look, record_page
from pipelines.storage.waiting_pages import waiting_pages
from pipelines.store import store_article
from pipelines.url_key import url_key
from tests.examples import SITE, at, make_item, make_look

Sessions = sessionmaker[Session]
DAY = 24 * 60
PATHS = [f"/a-{number}" for number in range(6)]


def look(sessions: Sessions, *paths: str, minute: float, **more: Any) -> None:
    with sessions.begin() as session:
        record_look(session, make_look(*paths, minute=minute, **more))


def tried(sessions: Sessions, path: str, outcome: str, minute: float, *, sent: bool = True) -> None:
    retry_at = at(minute) + timedelta(hours=1)
    page = (SITE + path, url_key(SITE + path), "valley-post", outcome, at(minute), retry_at)
    with sessions.begin() as session:
        record_page(session, PageOutcome(*page, sent=sent))


def told(sessions: Sessions, minute: float) -> list[SourceLoss]:
    with sessions() as session:
        return read_waiting(session, now=at(minute))


def counts(sessions: Sessions, minute: float) -> dict[tuple[str, bool], tuple[int, int]]:
    with sessions() as session:
        rows = waiting_pages(session, now=at(minute), slugs=["valley-post"])
    return {(each.reason, each.is_lost): (each.count, each.tries) for each in rows}


@pytest.fixture
def listed(sessions: Sessions) -> Sessions:
    """A section that has just listed six new addresses."""
    look(sessions, "/old-1", minute=-15)
    with sessions.begin() as session:
        store_article(session, make_item("/old-1", first_seen_at=at(-15), not_seen_at=None))
    look(sessions, "/old-1", *PATHS, minute=0)
    return sessions


def test_what_was_listed_an_hour_ago_does_not_wait_yet(listed: Sessions) -> None:
    assert told(listed, 60) == []


def test_what_waits_is_told_by_reason_and_with_its_tries(listed: Sessions) -> None:
    for path in PATHS[:4]:
        tried(listed, path, "http-403", 1)
        tried(listed, path, "http-403", 60)
    tried(listed, PATHS[4], "video", 1)
    tried(listed, PATHS[5], "held-off", 1, sent=False)
    look(listed, "/old-1", *PATHS, minute=8 * 60)

    assert counts(listed, 8 * 60) == {
        ("http-403", False): (4, 2),
        ("video", False): (1, 1),
        ("held-off", False): (1, 0),
    }
    (loss,) = told(listed, 8 * 60)
    assert not loss.is_ill  # the morning of one day
    assert loss.reason == (
        "6 listed addresses still waiting for an article, since 2026-11-23, "
        "asked for up to 2 times: 4 http-403, 1 held-off, 1 video"
    )


@pytest.mark.parametrize(
    ("outcome", "is_ill"),
    [
        *(("http-403", True), ("http-503", True), ("challenge", True), ("failed", True)),
        *(("http-404", False), ("video", False), ("front", False)),
    ],
)
def test_a_source_that_keeps_its_pages_from_us_for_a_day_is_ill(
    listed: Sessions, outcome: str, is_ill: bool
) -> None:
    for path in PATHS:
        tried(listed, path, outcome, 1)
    look(listed, "/old-1", *PATHS, minute=DAY + 60)

    assert [loss.is_ill for loss in told(listed, DAY + 60)] == [is_ill]


def test_a_tenth_of_many_is_no_trouble(listed: Sessions) -> None:
    for path in PATHS[:5]:
        tried(listed, path, "http-403", 1)
    read = [f"/read-{number}" for number in range(60)]
    look(listed, *PATHS, *read, minute=DAY + 60)
    with listed.begin() as session:
        for number, path in enumerate([*read, PATHS[5]]):
            body = f"The ferry number {number} left for the islands. " * 9
            item = make_item(path, headline=f"Ferry {number}", article_body=body)
            store_article(session, item)

    (loss,) = told(listed, DAY + 60)
    assert loss.reason.startswith("5 listed addresses")
    assert not loss.is_ill


def test_news_that_nobody_asked_for_is_told_and_the_backlog_is_not(sessions: Sessions) -> None:
    look(sessions, *PATHS, minute=0)  # what was there before we came
    look(sessions, *PATHS, "/new-1", "/new-2", minute=15)
    look(sessions, *PATHS, "/new-1", "/new-2", minute=DAY)

    assert counts(sessions, DAY) == {("never-asked", False): (2, 0)}


def test_what_left_its_listing_unread_is_told_as_never_read(listed: Sessions) -> None:
    for path in PATHS[:3]:
        tried(listed, path, "http-403", 1)
    for path in PATHS[3:]:
        tried(listed, path, "empty", 1)
    look(listed, "/old-1", minute=8 * DAY)
    assert counts(listed, 8 * DAY) == {("http-403", False): (3, 1), ("empty", True): (3, 1)}
    look(listed, "/old-1", minute=31 * DAY)

    (loss,) = told(listed, 31 * DAY)
    assert loss.reason == "6 listed addresses no longer listed and never read: 3 empty, 3 http-403"
    assert not loss.is_ill


def test_what_became_an_article_waits_no_longer(listed: Sessions) -> None:
    for path in PATHS:
        tried(listed, path, "http-403", 1)
    with listed.begin() as session:
        for number, path in enumerate(PATHS):
            body = f"The ferry number {number} left for the islands. " * 9
            store_article(session, make_item(path, headline=f"Ferry {number}", article_body=body))

    assert told(listed, 3 * DAY) == []
