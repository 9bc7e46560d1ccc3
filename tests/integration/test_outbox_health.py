"""What health says of alerts: nobody sends them, nobody takes them, nobody knows their channel."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.channels import parse_channel
from pipelines.storage.outbox_health import AlertTrouble, alert_troubles
from tests.examples import NOON
from tests.integration.alert_sink import Sink
from tests.integration.test_deliver import APPRISE, ONE_DATABASE, Post

Sessions = sessionmaker[Session]
WATCHES = {"levy": ("desk",)}


def troubles(
    post: Post, now: datetime | None = None, channels: tuple[str, ...] = ("desk",)
) -> list[AlertTrouble]:
    with post.sessions() as session:
        return alert_troubles(session, channels=channels, watches=WATCHES, now=now or post.now)


def kinds(post: Post, now: datetime | None = None) -> list[str]:
    return [trouble.kind for trouble in troubles(post, now)]


def test_what_nobody_tried_for_an_hour_is_overdue(post: Post) -> None:
    post.raise_alerts(3)

    assert kinds(post, NOON + timedelta(minutes=59)) == []
    (trouble,) = troubles(post, NOON + timedelta(minutes=61))
    assert (trouble.kind, trouble.alerts) == ("overdue", 3)
    assert "due since 2026-11-23 12:00 UTC and not tried: is `firstseen run`" in trouble.told
    post.deliver()
    assert kinds(post, NOON + timedelta(days=1)) == []


@ONE_DATABASE
def test_what_waits_by_its_own_rules_is_not_overdue(post: Post, sink: Sink) -> None:
    post.channels["desk"] = post.channel("desk", sink.url, most_per_hour=1)
    post.raise_alerts(4)
    post.deliver()
    assert kinds(post, NOON + timedelta(minutes=100)) == []  # folded until 13:00

    post.deliver()
    post.now = NOON + timedelta(minutes=61)
    post.deliver()
    post.raise_alerts(1, first=7, deliver="digest at 18:00", slug="late")
    assert kinds(post, NOON + timedelta(hours=6, minutes=30)) == []


@ONE_DATABASE
def test_quiet_hours_are_nobodys_fault(post: Post) -> None:
    post.now = NOON.replace(hour=21, minute=58)
    post.raise_alerts(1, quiet={"from": "22:00", "to": "07:00"})

    midnight = NOON.replace(hour=23, minute=59)
    morning = NOON.replace(day=24, hour=7)
    assert kinds(post, midnight) == []
    assert kinds(post, morning + timedelta(minutes=30)) == []
    assert kinds(post, morning + timedelta(minutes=61)) == ["overdue"]


def test_a_receiver_that_fails_is_told_after_an_hour_until_it_is_well(
    post: Post, sink: Sink
) -> None:
    sink.answer = 503
    post.raise_alerts(2)
    for minute in (0, 5, 30, 59):
        post.now = NOON + timedelta(minutes=minute)
        post.deliver()
        assert kinds(post) == []
    post.now = NOON + timedelta(minutes=61)
    (trouble,) = troubles(post)
    assert (trouble.kind, trouble.channel) == ("failing", "desk")
    assert "not delivered since 2026-11-23 12:00 UTC: answered 503" in trouble.told

    sink.answer = 204
    post.now += timedelta(hours=8)
    post.deliver()
    assert kinds(post) == []


def test_parked_alerts_are_told_with_the_command_that_sends_them(post: Post, sink: Sink) -> None:
    sink.answer = 410
    post.raise_alerts(2)
    post.deliver()

    (trouble,) = troubles(post)

    assert (trouble.kind, trouble.alerts) == ("parked", 2)
    assert "disabled: answered 410 Gone" in trouble.told
    assert "`firstseen alerts retry --channel desk`" in trouble.told


@ONE_DATABASE
@APPRISE
@pytest.mark.parametrize("url", [None, "nosuchservice://host/room"])
def test_a_channel_set_up_wrongly_is_told_at_once(url: str | None, post: Post, sink: Sink) -> None:
    if url is None:
        post.channels["desk"] = post.channel("desk", sink.url, secrets=["${NOT_SET}"])
    else:
        post.channels["desk"] = parse_channel("desk", {"url": url}, "firstseen.toml")
    post.raise_alerts()
    post.deliver()

    (trouble,) = troubles(post)

    assert trouble.kind == "misconfigured"
    assert trouble.told.startswith("channels.desk: ")


@ONE_DATABASE
def test_a_watch_that_names_no_channel_there_is_is_told_before_it_raises_anything(
    post: Post,
) -> None:
    (trouble,) = troubles(post, channels=("desks",))
    assert (trouble.kind, trouble.channel, trouble.alerts) == ("unknown", "desk", 0)
    assert "the watch levy names a channel that firstseen.toml does not have" in trouble.told

    post.raise_alerts(2)
    (trouble,) = troubles(post, NOON + timedelta(days=1), channels=("desks",))
    assert (trouble.kind, trouble.alerts) == ("unknown", 2)


@ONE_DATABASE
def test_another_workspaces_channel_is_told_when_nobody_serves_it(post: Post) -> None:
    post.raise_alerts(1, channels=("theirs",))

    assert kinds(post, NOON + timedelta(minutes=30)) == []
    (trouble,) = troubles(post, NOON + timedelta(hours=2))
    assert (trouble.kind, trouble.channel) == ("overdue", "theirs")
    assert trouble.told.endswith("firstseen.toml has no [channels.theirs]")
