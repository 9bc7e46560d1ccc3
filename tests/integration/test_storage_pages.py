"""Addresses that are no articles yet: what counts as a try, and for how long they are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.looks import PageOutcome
from pipelines.storage.models import Article, ListedLink, Page
from pipelines.storage.visits import record_look, record_page
from pipelines.store import store_article
from pipelines.url_key import url_key
from tests.examples import SITE, at, make_item, make_link, make_look

Sessions = sessionmaker[Session]
DAY = 24 * 60


def tried(sessions: Sessions, path: str, outcome: str, minute: float, **more: Any) -> None:
    page = PageOutcome(
        url=SITE + path,
        url_key=url_key(SITE + path),
        source="valley-post",
        outcome=outcome,
        at=at(minute),
        **({"retry_at": at(minute) + timedelta(days=1)} | more),
    )
    with sessions.begin() as session:
        record_page(session, page)


def asked(sessions: Sessions, *paths: str, minute: float, **more: Any) -> dict[str, int]:
    """Look at the section; return what is asked for now, with the tries so far."""
    with sessions.begin() as session:
        found = record_look(session, make_look(*paths, minute=minute, **more)).to_fetch
    return {each.link.url.removeprefix(SITE): each.tries for each in found}


def row(sessions: Sessions, path: str) -> Page:
    with sessions() as session:
        found = session.get(Page, url_key(SITE + path))
    assert found is not None
    return found


def test_what_was_not_sent_is_no_try_and_says_nothing_new(sessions: Sessions) -> None:
    asked(sessions, "/a-1", minute=0)
    tried(sessions, "/a-1", "http-403", 1)
    for minute in (2, 3, 4):
        tried(sessions, "/a-1", "held-off", minute, retry_at=at(minute), sent=False)

    kept = row(sessions, "/a-1")

    assert (kept.tries, kept.outcome, kept.tried_at) == (1, "http-403", at(1))
    assert kept.retry_at == at(4)


@pytest.mark.parametrize("outcome", ["http-403", "http-429", "http-500", "timeout", "video"])
def test_a_page_is_asked_for_as_long_as_it_is_listed(sessions: Sessions, outcome: str) -> None:
    for day in range(60):
        wanted = asked(sessions, "/a-1", minute=day * DAY)
        assert wanted == {"/a-1": day}, day
        tried(sessions, "/a-1", outcome, day * DAY)


def test_an_unchanged_listing_still_lists_what_it_listed(sessions: Sessions) -> None:
    asked(sessions, "/a-1", minute=0)
    tried(sessions, "/a-1", "empty", 0)
    for day in range(1, 20):
        wanted = asked(sessions, minute=day * DAY, outcome="unchanged", links=None)

    assert wanted == {"/a-1": 1}


@pytest.mark.parametrize(("outcome", "days"), [("empty", 7), ("http-403", 30)])
def test_what_no_section_lists_any_more_is_asked_for_a_while(
    sessions: Sessions, outcome: str, days: int
) -> None:
    asked(sessions, "/a-1", minute=0)
    tried(sessions, "/a-1", outcome, 0)

    before = asked(sessions, "/b-2", minute=(days - 1) * DAY)
    after = asked(sessions, "/b-2", minute=(days + 1) * DAY)

    assert ("/a-1" in before, "/a-1" in after) == (True, False)


@pytest.mark.parametrize(
    ("outcome", "is_woken"),
    [("http-403", True), ("timeout", True), ("http-404", False), ("video", False)],
)
def test_what_a_site_could_not_show_is_due_when_the_site_answers_again(
    sessions: Sessions, outcome: str, is_woken: bool
) -> None:
    asked(sessions, "/a-1", "/b-2", minute=0)
    tried(sessions, "/a-1", outcome, 0)
    read_at: datetime = at(10)
    with sessions.begin() as session:
        store_article(session, make_item("/b-2", fetched_at=read_at))

    assert ("/a-1" in asked(sessions, "/a-1", "/b-2", minute=11)) is is_woken


def test_what_an_earlier_release_gave_up_is_asked_for_again(sessions: Sessions) -> None:
    asked(sessions, "/a-1", minute=0)
    tried(sessions, "/a-1", "http-403", 0, retry_at=None)

    assert asked(sessions, "/a-1", minute=6 * DAY) == {}
    assert asked(sessions, "/a-1", minute=8 * DAY) == {"/a-1": 1}


# ---------------------------------------------------------------- addresses that change unread


@pytest.mark.parametrize(
    ("headline", "moves_the_bound"),
    [
        ("Council puts off harbour levy", True),  # its address changed before it could be read
        ("Another headline altogether", False),
        (None, False),
    ],
)
def test_what_was_listed_elsewhere_and_never_read_was_there_before(
    sessions: Sessions, headline: str | None, moves_the_bound: bool
) -> None:
    asked(sessions, "/known-1", minute=0)
    old = make_link("/levy-1?sid=1", headline=headline)
    asked(sessions, minute=30, links=(old,))
    tried(sessions, "/levy-1?sid=1", "timeout", 31)

    item = make_item(
        "/levy-1?sid=2",
        listed_headline="Council puts off harbour levy",
        first_seen_at=at(90),
        not_seen_at=at(60),
    )
    with sessions.begin() as session:
        store_article(session, item)

    with sessions() as session:
        listed = session.query(ListedLink).filter_by(url_key=old.url_key).one()
        kept = session.query(Article).one()
    assert listed.not_listed_at is not None
    assert listed.not_listed_at < at(30)
    assert kept.not_seen_at == (listed.not_listed_at if moves_the_bound else at(60))
    assert kept.first_seen_at == at(90)
