"""Further looks: gone is only what was missing twice, hours apart; nothing else says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session, sessionmaker

from pipelines.looks import RecheckOutcome
from pipelines.recheck_ladder import GONE_AFTER, GONE_GAP
from pipelines.storage.copy_models import Anchor, StoryVector, TextPrint
from pipelines.storage.models import Article, ArticleUrl, Revision
from pipelines.storage.rechecks import due_rechecks, hand_out, record_recheck
from pipelines.storage.visits import record_look
from pipelines.store import store_article
from tests.examples import BODY, NOON, at, make_item, make_look

Sessions = sessionmaker[Session]
LATE = GONE_AFTER / timedelta(minutes=1) + 10
FAILURES = (
    *("http-403", "http-451", "http-500", "http-503", "timeout", "robots", "robots-unreachable"),
    *("consent", "challenge", "paywall", "off-site", "home", "held-off", "too-large", "empty"),
)


def look(sessions: Sessions, minutes: float, outcome: str) -> Article:
    with sessions.begin() as session:
        number = session.scalars(select(Article.id)).one()
        record_recheck(session, RecheckOutcome(number, outcome, at(minutes)))
        return session.get_one(Article, number)


def store(sessions: Sessions, minutes: float = 0, body: str = BODY) -> Article:
    with sessions.begin() as session:
        store_article(session, make_item(article_body=body, fetched_at=at(minutes)))
        return session.scalars(select(Article)).one()


def test_gone_takes_two_looks_hours_apart(sessions: Sessions) -> None:
    store(sessions)
    first = look(sessions, 15, "missing")
    assert (first.gone_at, first.next_check_at) == (None, at(15) + GONE_AFTER)
    assert look(sessions, 30, "missing").gone_at is None
    gone = look(sessions, 15 + LATE, "missing")
    assert (gone.gone_at, gone.next_check_at) == (at(15), at(15 + LATE) + GONE_GAP)


def test_what_is_gone_is_asked_for_now_and_then_for_a_month(sessions: Sessions) -> None:
    store(sessions)
    look(sessions, 15, "missing")
    minute, asked = 15.0 + LATE, 0
    while (next_at := look(sessions, minute, "missing").next_check_at) is not None:
        minute, asked = (next_at - NOON).total_seconds() / 60, asked + 1
    assert 10 < asked < 30
    assert timedelta(minutes=minute) > timedelta(days=30)


@pytest.mark.parametrize("is_listed", [True, False])
def test_what_is_gone_and_listed_is_asked_for_at_once(sessions: Sessions, is_listed: bool) -> None:
    store(sessions)
    look(sessions, 15, "missing")
    look(sessions, 15 + LATE, "missing")
    later = 15 + LATE + 400
    path = "/2026/harbour-levy-vote-1" if is_listed else "/2026/another-1"
    with sessions.begin() as session:
        session.get_one(Article, 1).next_check_at = None  # the month is over
        record_look(session, make_look(path, minute=later))
    with sessions() as session:
        due = due_rechecks(session, "valley-post", now=at(later), most=9)
    assert bool(due) is is_listed

    if is_listed:
        store(sessions, later)
        with sessions() as session:
            assert session.get_one(Article, 1).gone_at is None


def test_what_a_batch_was_handed_is_nobody_elses_while_it_is_at_work(sessions: Sessions) -> None:
    store(sessions)
    now = 60 * 24 * 10

    def due(minute: float) -> int:
        with sessions.begin() as session:
            found = due_rechecks(session, "valley-post", now=at(minute), most=9)
            hand_out(session, found, now=at(minute))
        return len(found)

    assert (due(now), due(now + 0.2), due(now + 9)) == (1, 0, 0)
    assert due(now + 11) == 1  # the batch died


@pytest.mark.parametrize("outcome", ["held-off", "stopped", "proxy-failed", "no-browser"])
def test_what_was_not_sent_was_no_look(sessions: Sessions, outcome: str) -> None:
    store(sessions)
    before = look(sessions, 60 * 24 * 10, "timeout")
    after = look(sessions, 60 * 24 * 20, outcome)
    assert after.last_checked_at == before.last_checked_at
    assert after.next_check_at == at(60 * 24 * 20) + timedelta(minutes=15)


@pytest.mark.parametrize("outcome", ["held-off", "robots", "robots-unreachable", "no-browser"])
def test_what_can_never_be_sent_is_given_up_when_the_looks_end(
    sessions: Sessions, outcome: str
) -> None:
    store(sessions)
    assert look(sessions, 60 * 24 * 36, outcome).next_check_at is None


@pytest.mark.parametrize(
    ("outcome", "is_back"),
    [
        *(("unchanged", True), ("paywall", True), ("partial", True)),
        *(("off-site", False), ("consent", False), ("soft-404", False), ("http-503", False)),
    ],
)
def test_what_is_there_again_is_gone_no_more(
    sessions: Sessions, outcome: str, is_back: bool
) -> None:
    store(sessions)
    look(sessions, 15, "missing")
    look(sessions, 15 + LATE, "missing")
    assert (look(sessions, 600, outcome).gone_at is None) is is_back


def test_a_clock_that_was_set_back_keeps_nothing_from_being_gone(sessions: Sessions) -> None:
    store(sessions, -2000)
    look(sessions, 1000, "missing")
    assert look(sessions, 0, "missing").missing_since == at(0)
    assert look(sessions, LATE, "missing").gone_at == at(0)
    later = LATE + 60
    with sessions.begin() as session:
        session.get_one(Article, 1).last_checked_at = at(9999)
        record_look(session, make_look("/2026/harbour-levy-vote-1", minute=later))
        assert due_rechecks(session, "valley-post", now=at(later), most=9)


def test_an_article_is_looked_at_where_it_was_last_found(sessions: Sessions) -> None:
    store(sessions)
    new = make_item("/politics/harbour-levy-vote-1", article_id=1, fetched_at=at(30))
    new.requested_url = make_item("/2026/harbour-levy-vote-1").url
    with sessions.begin() as session:
        store_article(session, new)
    with sessions() as session:
        (due,) = due_rechecks(session, "valley-post", now=at(9999), most=9)
    assert due.url == new.url


@pytest.mark.parametrize(
    "between",
    [
        *("unchanged", "paywall", "off-site", "read again", "http-4xx", "http-402", "login"),
        *("front", "video", "not-html", "too-large"),
    ],
)
def test_an_article_that_was_there_in_between_is_not_gone(sessions: Sessions, between: str) -> None:
    store(sessions)
    look(sessions, 15, "missing")
    if between == "read again":
        store(sessions, 60)
    else:
        look(sessions, 60, between)
    assert look(sessions, 15 + LATE, "missing").gone_at is None


@pytest.mark.parametrize("outcome", FAILURES)
def test_no_failure_makes_an_article_gone(sessions: Sessions, outcome: str) -> None:
    store(sessions)
    for turn in range(1, 5):
        article = look(sessions, turn * LATE, outcome)
        assert (article.gone_at, article.missing_since) == (None, None)
        assert article.article_body == BODY


def test_an_article_that_comes_back_is_looked_at_again(sessions: Sessions) -> None:
    store(sessions)
    look(sessions, 15, "missing")
    look(sessions, 15 + LATE, "missing")
    back = store(sessions, 30 + LATE)  # it was listed again
    assert back.gone_at is None
    assert back.next_check_at is not None


def test_a_page_that_fails_between_two_misses_is_gone_all_the_same(sessions: Sessions) -> None:
    store(sessions)
    look(sessions, 15, "missing")
    look(sessions, 60, "http-503")
    assert look(sessions, 15 + LATE, "missing").gone_at == at(15)


def _emptied(sessions: Sessions) -> None:
    with sessions.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("DELETE FROM article_search"))
        for table in (Anchor, TextPrint, StoryVector, Revision, ArticleUrl, Article):
            session.execute(delete(table))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    events=st.lists(
        st.tuples(
            st.sampled_from(["text", "edit", "missing", "unchanged", "http-503", "robots"]),
            st.integers(min_value=1, max_value=600),
        ),
        max_size=12,
    )
)
def test_whatever_is_looked_at_first_seen_never_moves(
    sessions: Sessions, events: list[tuple[str, int]]
) -> None:
    _emptied(sessions)
    store(sessions)
    minutes = 0
    missing: list[int] = []
    for kind, gap in events:
        minutes += gap
        if kind in ("text", "edit"):
            store(sessions, minutes, BODY if kind == "text" else f"{BODY}\nEdit of {minutes}.")
            missing = []
        else:
            look(sessions, minutes, kind)
            missing = [] if kind == "unchanged" else missing + [minutes] * (kind == "missing")
    with sessions() as session:
        article = session.scalars(select(Article)).one()
        numbers = session.scalars(select(Revision.number).order_by(Revision.number)).all()
    first_seen: tuple[datetime, datetime | None] = (article.first_seen_at, article.not_seen_at)
    assert first_seen == (NOON, at(-15))
    assert list(numbers) == list(range(1, len(numbers) + 1))
    if missing and at(missing[-1]) - at(missing[0]) >= GONE_AFTER:
        assert article.gone_at == at(missing[0])
