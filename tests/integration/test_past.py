"""A new watch is told of the time before it when it asks for that: once, in one message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.match import WatchKeeper
from pipelines.past import RULE, find_past, tell_past, wants_past
from pipelines.storage.models import Article
from pipelines.storage.outbox import next_message
from pipelines.storage.watch_models import Alert
from pipelines.store import store_once_more
from pipelines.watch_files import WatchDefinition, WatchFileError, parse_definition
from pipelines.watch_set import WatchSet
from tests.examples import BODY, NOON, at, claimed, make_item

Sessions = sessionmaker[Session]
SINCE = NOON - timedelta(days=7)


def make_watch(**keys: Any) -> WatchDefinition:
    table = {"name": "Levy", "query": '"harbour levy"', "channels": ["desk"]} | keys
    return parse_definition(table, slug="levy", where="levy.toml", lists={})


def store(sessions: Sessions, path: str, watches: WatchKeeper | None = None, **more: Any) -> None:
    item = make_item(path, **more)
    with sessions.begin() as session:
        store_once_more(session, item, stories=StoryKeeper(), watches=watches)


def told(sessions: Sessions, watch: WatchDefinition) -> list[str]:
    """Tell it, and return the headlines of what was raised by that."""
    with sessions() as session:
        stories = find_past(session, watch, since=SINCE)
    with sessions.begin() as session:
        before = set(session.scalars(select(Alert.id)))
        tell_past(session, watch, stories, now=at(60))
        alerts = session.scalars(select(Alert).order_by(Alert.id))
        return [alert.article.headline for alert in alerts if alert.id not in before]


def test_each_story_of_the_past_is_told_once_and_all_in_one_message(sessions: Sessions) -> None:
    other = BODY.replace("harbour levy", "harbour levy on yachts and other pleasure boats")
    store(sessions, "/a-1", headline="Council puts off harbour levy")
    store(sessions, "/b-2", headline="Zoo opens at night", article_body="The zoo is open. " * 40)
    store(sessions, "/c-3", headline="Owners of yachts sue over levy", article_body=other * 3)
    watch = make_watch(tell_past="7d")
    with sessions() as session:
        assert wants_past(session, watch)

    first = told(sessions, watch)

    assert first[0] == "Council puts off harbour levy"
    assert told(sessions, watch) == []
    with sessions.begin() as session:
        assert not wants_past(session, watch)
        alerts = list(session.scalars(select(Alert)))
        assert [alert.details["rules"] for alert in alerts] == [[RULE]] * len(first)
        pending = next_message(session, "desk", now=at(61), most_per_hour=30)
        assert pending is not None
        assert (pending.is_digest, len(pending.alert_ids)) == (True, len(first))


def test_every_article_of_the_past_is_told_where_that_was_asked_for(sessions: Sessions) -> None:
    own = "\n".join(
        f"Westhaven council, day {n}: a second desk heard that the harbour levy vote waits, "
        f"its reporter writes from bench {n}."
        for n in range(1, 7)
    )
    store(sessions, "/a-1", headline="Council puts off harbour levy")
    store(sessions, "/b-2", headline="Harbour levy vote waits", article_body=own)
    with sessions() as session:
        assert len({row.story_id for row in session.scalars(select(Article))}) == 1

    assert told(sessions, make_watch()) == ["Council puts off harbour levy"]
    every = make_watch(again={"articles": True})
    assert told(sessions, every) == ["Harbour levy vote waits"]
    assert told(sessions, every) == []


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, True),
        ({"first_seen_at": NOON - timedelta(days=8)}, False),
        ({"date_published": claimed(NOON - timedelta(days=2))}, True),
        ({"date_published": claimed(NOON - timedelta(days=20))}, False),
        ({"date_published": claimed(NOON - timedelta(days=4000)), "not_seen_at": None}, False),
        # A whole look a quarter of an hour before did not list it.
        ({"date_published": claimed(NOON - timedelta(days=4000))}, True),
        ({"baseline": True}, True),
        ({"baseline": True, "date_published": claimed(NOON - timedelta(days=2))}, True),
        ({"baseline": True, "date_published": claimed(NOON - timedelta(days=9))}, False),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_is_older_than_asked_for_is_not_told(
    sessions: Sessions, fields: dict[str, Any], is_told: bool
) -> None:
    store(sessions, "/a-1", **fields)

    assert bool(told(sessions, make_watch())) is is_told


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_was_told_live_is_not_told_again_and_the_other_way_round(sessions: Sessions) -> None:
    watch = make_watch()
    keeper = WatchKeeper(lambda: WatchSet({"levy": watch}), clock=lambda: at(1))
    store(sessions, "/a-1", keeper)

    assert told(sessions, watch) == []

    store(sessions, "/a-2", keeper, headline="Council of Westhaven puts off levy again")
    with sessions() as session:
        assert len(list(session.scalars(select(Alert)))) == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_without_asking_and_paused_there_is_no_past(sessions: Sessions) -> None:
    with sessions() as session:
        assert not wants_past(session, make_watch())
        assert not wants_past(session, make_watch(tell_past="2w", paused=True))


def test_how_far_back_is_written_in_hours_days_or_weeks() -> None:
    assert make_watch(tell_past="36h").tell_past == timedelta(hours=36)
    assert make_watch(tell_past="2w").tell_past == timedelta(days=14)
    for wrong in ("7", "0d", "-1d", "1y", "", 7, "d"):
        with pytest.raises(WatchFileError, match=r"tell_past = .* must be a time like"):
            make_watch(tell_past=wrong)
