"""A clock that was ahead when alerts were raised, tried or delivered holds none of them back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.outbox_health import alert_troubles
from tests.examples import NOON
from tests.integration.alert_sink import Sink
from tests.integration.test_deliver import Post

Sessions = sessionmaker[Session]
AHEAD = [timedelta(hours=2), timedelta(days=365)]


@pytest.mark.parametrize("ahead", AHEAD)
def test_what_was_raised_leaves_at_once(post: Post, sink: Sink, ahead: timedelta) -> None:
    post.now = NOON + ahead
    post.raise_alerts(2)

    post.now = NOON
    post.deliver()

    assert post.states == ["delivered"] * 2


def test_what_was_tried_is_tried_again_and_told_meanwhile(post: Post, sink: Sink) -> None:
    sink.answer = 503
    post.now = NOON + timedelta(days=365)
    post.raise_alerts()
    post.deliver()
    with post.sessions() as session:
        found = alert_troubles(session, channels={"desk"}, watches={}, now=NOON)
    assert [trouble.kind for trouble in found] == ["failing"]

    sink.answer = 204
    post.now = NOON
    post.deliver()

    assert post.states == ["delivered"]


def test_what_nobody_sends_is_told_though_it_was_planned_for_next_year(post: Post) -> None:
    post.now = NOON + timedelta(days=365)
    post.raise_alerts()

    with post.sessions() as session:
        (found,) = alert_troubles(session, channels={"desk"}, watches={}, now=NOON)

    assert (found.kind, found.alerts) == ("overdue", 1)
    assert found.told.startswith("due and not tried: ")


def test_what_was_delivered_does_not_fill_the_hour(post: Post, sink: Sink) -> None:
    post.channels["desk"] = post.channel("desk", sink.url, most_per_hour=1)
    post.now = NOON + timedelta(days=365)
    post.raise_alerts()
    post.deliver()

    post.now = NOON
    post.raise_alerts(first=1)
    post.deliver()

    assert post.states == ["delivered"] * 2


def test_a_digest_waits_for_its_time_by_the_clock_that_is_right(post: Post, sink: Sink) -> None:
    post.now = NOON + timedelta(days=365)
    post.raise_alerts(2, deliver="digest at 18:00")

    post.now = NOON
    post.deliver()

    assert post.states == ["delivered"] * 2


def test_a_clock_that_ran_ahead_for_a_moment_parks_nothing(post: Post, sink: Sink) -> None:
    sink.answer = 503
    post.raise_alerts()
    post.deliver()
    post.now = NOON + timedelta(days=30)
    post.deliver()
    assert post.states == ["waiting"]

    sink.answer, post.now = 204, NOON + timedelta(minutes=30)
    post.deliver()

    assert post.states == ["delivered"]
