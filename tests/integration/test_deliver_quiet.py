"""Quiet hours hold for every way out: first tries, further tries, folded ones, late ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.outbox import retry
from tests.integration.alert_sink import Sink
from tests.integration.test_deliver import ONE_DATABASE, Post

Sessions = sessionmaker[Session]
NIGHT = {"from": "22:00", "to": "07:00"}
EVENING = datetime(2026, 11, 23, 21, 55, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def evening(post: Post) -> None:
    post.now = EVENING


def through_the_night(post: Post, sink: Sink) -> None:
    """Ask every ten minutes; nothing may leave before seven."""
    before = len(sink.seen)
    post.now = EVENING.replace(hour=22, minute=0)
    while post.now < MORNING:
        post.deliver()
        post.now += timedelta(minutes=10)
    assert len(sink.seen) == before


def test_a_further_try_waits_for_the_morning_with_its_key(post: Post, sink: Sink) -> None:
    sink.answer = 503
    post.raise_alerts(2, quiet=NIGHT)
    post.deliver()
    sink.answer = 204

    through_the_night(post, sink)
    post.deliver()

    assert post.states == ["delivered"] * 2
    assert sink.keys[0] in sink.keys[1:]


def test_what_the_hourly_limit_held_back_waits_for_the_morning(post: Post, sink: Sink) -> None:
    post.channels["desk"] = post.channel("desk", sink.url, most_per_hour=2)
    post.raise_alerts(5, quiet=NIGHT)
    post.deliver()
    assert len(sink.seen) == 2

    through_the_night(post, sink)
    post.deliver()

    assert len(sink.seen) == 3
    assert json.loads(sink.bodies[2])["type"] == "alerts.digest"
    assert post.states == ["delivered"] * 5


@ONE_DATABASE
@pytest.mark.parametrize("deliver", ["immediate", "digest at 21:58"])
def test_a_machine_that_wakes_in_the_quiet_hours_is_quiet(
    deliver: str, post: Post, sink: Sink
) -> None:
    post.raise_alerts(3, quiet=NIGHT, deliver=deliver)  # and the lid is closed

    through_the_night(post, sink)
    post.deliver()

    assert len(sink.seen) == 1  # what waited together is one message
    assert post.states == ["delivered"] * 3


@ONE_DATABASE
def test_a_digest_within_the_quiet_hours_was_asked_for_and_may_be_tried_again(
    post: Post, sink: Sink
) -> None:
    sink.answer = 503
    post.raise_alerts(2, quiet=NIGHT, deliver="digest at 06:00")
    post.now = MORNING - timedelta(minutes=59)
    post.deliver()
    sink.answer = 204
    post.now += timedelta(minutes=20)
    post.deliver()
    assert post.states == ["delivered"] * 2

    sink.answer = 503
    post.raise_alerts(1, quiet=NIGHT, deliver="digest at 06:00")
    for day_and_hour in ((25, 6), (25, 12), (25, 21)):
        post.now = EVENING.replace(day=day_and_hour[0], hour=day_and_hour[1], minute=1)
        post.deliver()
    tries = len(sink.seen)
    for hour in range(3, 9):
        post.now = EVENING.replace(day=26, hour=0, minute=1) + timedelta(hours=hour - 3)
        post.deliver()

    assert len(sink.seen) == tries  # the next night is quiet for it, too


@ONE_DATABASE
def test_a_message_of_two_watches_is_held_back_whole(post: Post, sink: Sink) -> None:
    sink.answer = 503
    post.now = EVENING - timedelta(minutes=10)
    post.raise_alerts(1, quiet=NIGHT, deliver="digest at 21:50")
    post.now += timedelta(minutes=1)
    post.raise_alerts(1, deliver="digest at 21:50", slug="other", first=1)
    post.now = EVENING
    post.deliver()
    sink.answer = 204

    through_the_night(post, sink)
    post.deliver()

    told = [json.loads(body)["data"]["alerts"] for body in sink.bodies]
    assert [len(alerts) for alerts in told] == [2, 2]
    assert len(set(sink.keys)) == 1


@ONE_DATABASE
def test_a_watch_without_quiet_hours_on_the_same_channel_is_not_held(
    post: Post, sink: Sink
) -> None:
    post.raise_alerts(1, quiet=NIGHT)
    post.now += timedelta(minutes=1)
    post.raise_alerts(1, slug="loud", first=1)
    post.now = EVENING.replace(hour=23)

    post.deliver()

    assert post.states == ["waiting", "delivered"]


@ONE_DATABASE
def test_sources_that_are_let_through_are_let_through_again(post: Post, sink: Sink) -> None:
    sink.answer = 503
    post.raise_alerts(1, quiet=NIGHT | {"except_sources": ["valley-post"]})
    post.deliver()
    sink.answer = 204
    post.now = EVENING.replace(hour=23)

    post.deliver()

    assert post.states == ["delivered"]


@ONE_DATABASE
def test_who_retries_by_hand_wakes_nobody(post: Post, sink: Sink) -> None:
    sink.answer = 503
    post.raise_alerts(1, quiet=NIGHT)
    post.deliver()
    sink.answer = 204
    post.now = EVENING.replace(hour=23)
    with post.sessions.begin() as session:
        assert retry(session, now=post.now) == 1

    post.deliver()
    assert post.states == ["waiting"]
    post.now = MORNING
    post.deliver()
    assert post.states == ["delivered"]


@ONE_DATABASE
def test_of_a_parked_digest_one_alert_brings_back_the_whole(post: Post, sink: Sink) -> None:
    sink.answer = 422
    post.raise_alerts(3, deliver="digest at 21:58")
    for hour in range(1, 12):
        post.now = EVENING + timedelta(hours=hour)
        post.deliver()
    assert post.states == ["parked"] * 3
    sink.answer = 204

    with post.sessions.begin() as session:
        assert retry(session, now=post.now, alert_ids=[2]) == 3
    post.deliver()

    assert post.states == ["delivered"] * 3
    assert len(json.loads(sink.bodies[-1])["data"]["alerts"]) == 3
