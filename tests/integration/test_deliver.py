"""Delivery from the outbox: signed, once, in spite of receivers that fail, hang or vanish."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from standardwebhooks import Webhook

from crawler.delivery import Gate
from crawler.middlewares.addresses import AllowList
from pipelines.channels import ChannelDefinition, parse_channel
from pipelines.deliver import Deliverer
from pipelines.messages import Message
from pipelines.receivers import sender
from pipelines.storage.outbox import GAPS, retry
from pipelines.storage.watch_models import Delivery
from pipelines.webhook import Sent
from tests.examples import NOON, make_item
from tests.integration.alert_sink import Sink, dribble, hang
from tests.integration.test_match import Desk, make_watch

Sessions = sessionmaker[Session]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_dGhlIG9sZCBzZWNyZXQgb2YgdGhlIGRlc2s="
ENVIRON = {"DESK_SECRET": SECRET, "OLD_SECRET": OLD_SECRET}


#: For what is about receivers and not about SQL; the rest runs on both databases.
ONE_DATABASE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
#: Apprise loads all of its plugins, and some import what their own libraries want gone.
APPRISE = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Post:
    """An outbox with its clock, and receivers by channel name."""

    def __init__(self, sessions: Sessions, **urls: str) -> None:
        self.sessions, self.now = sessions, NOON
        self.allow: list[str] = []
        self.seconds = 0.4
        self.channels = {name: self.channel(name, url) for name, url in urls.items()}

    def channel(self, name: str, url: str, **more: Any) -> ChannelDefinition:
        table = {"kind": "webhook", "url": url, "secrets": ["${DESK_SECRET}"]} | more
        return parse_channel(name, table, "firstseen.toml")

    def raise_alerts(
        self,
        number: int = 1,
        channels: tuple[str, ...] = ("desk",),
        *,
        first: int = 0,
        **keys: Any,
    ) -> None:
        desk = Desk(self.sessions, make_watch(query="storm", channels=list(channels), **keys))
        desk.now = self.now
        for n in range(first, first + number):
            item = make_item(
                f"/2026/storm-{self.now:%d%H%M}-{n}",
                headline=f"Storm{n}a storm{n}b storm {n}",
                article_body=" ".join(f"w{self.now:%d}{n}x{k} z{n}z{k}" for k in range(60)),
                first_seen_at=self.now,
                fetched_at=self.now,
            )
            desk.store(item)

    def deliver(self, seconds: float = 10) -> Deliverer:
        send = sender(ENVIRON, Gate(AllowList.parse(self.allow)), seconds=self.seconds)
        deliverer = Deliverer(
            self.sessions, self.channels, send, clock=lambda: self.now, jitter=random.Random(1)
        )
        deliverer.start_due()
        assert deliverer.wait(seconds)
        return deliverer

    @property
    def rows(self) -> list[Delivery]:
        with self.sessions() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows]


OpenPost = Callable[..., Post]


@pytest.fixture
def open_post(sessions: Sessions) -> OpenPost:
    def opened(*sinks: Sink, **named: Sink) -> Post:
        all_sinks = dict(zip(["desk"], sinks, strict=False)) | named
        post = Post(sessions, **{name: one.url for name, one in all_sinks.items()})
        post.allow = [f"127.0.0.1:{one.port}" for one in all_sinks.values()]
        return post

    return opened


def test_a_webhook_is_signed_and_sent_once(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    post.raise_alerts()

    post.deliver()
    post.deliver()

    (body,), (headers,) = sink.bodies, sink.seen
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "alert.raised"
    assert told["data"]["alert"]["article"]["headline"].startswith("Storm0a")
    assert headers["webhook-id"] == post.rows[0].key
    (row,) = post.rows
    assert (row.state, row.tries, row.delivered_at) == ("delivered", 1, NOON)


@ONE_DATABASE
def test_two_secrets_sign_while_they_are_exchanged(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    secrets = ["${DESK_SECRET}", "${OLD_SECRET}"]
    post.channels["desk"] = post.channel("desk", sink.url, secrets=secrets)
    post.raise_alerts()

    post.deliver()

    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(sink.bodies[0], sink.seen[0])


@ONE_DATABASE
@pytest.mark.parametrize("status", [500, 502, 503, 429, 404, 401, 301])
def test_a_failing_receiver_is_asked_again_after_growing_gaps(
    status: int, sink: Sink, open_post: OpenPost
) -> None:
    post = open_post(sink)
    post.raise_alerts(2)
    sink.answer = status
    asked_at: list[datetime] = []

    for minute in range(60):
        post.now = NOON + timedelta(minutes=minute)
        before = len(sink.seen)
        post.deliver()
        assert len(sink.seen) - before <= 1  # one try for the channel, not one per message
        asked_at += [post.now] * (len(sink.seen) - before)
    sink.answer = 200
    post.now = NOON + timedelta(hours=4)
    post.deliver()

    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert gaps == sorted(gaps)
    assert all(gap >= GAPS[0] for gap in gaps)
    assert 4 <= len(asked_at) <= 6
    assert post.states == ["delivered", "delivered"]


@ONE_DATABASE
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        ("1800", 30),
        ("2", 1),  # shorter than our own gap
        ("864000", 6 * 60),  # longer than a slip may silence a desk
        ("Mon, 23 Nov 2099 12:00:00 GMT", 6 * 60),
        ("Mon, 23 Nov 2009 12:00:00 GMT", 1),
        ("soon", 1),
        ("-1", 1),
    ],
)
def test_a_receiver_that_asks_for_time_gets_it(
    status: int, asked: str, minutes: int, sink: Sink, open_post: OpenPost
) -> None:
    post = open_post(sink)
    post.raise_alerts(2)
    sink.answer, sink.headers = status, {"Retry-After": asked}
    post.deliver()
    sink.answer = 204

    post.now = NOON + timedelta(minutes=minutes, seconds=-1)
    post.deliver()
    assert len(sink.seen) == 1
    post.now = NOON + timedelta(minutes=minutes * 1.2 + 1)
    post.deliver()
    assert post.states == ["delivered"] * 2


@APPRISE
@ONE_DATABASE
@pytest.mark.parametrize(
    ("allow", "states"), [(True, ["delivered"]), (False, ["waiting"])], ids=["allowed", "not"]
)
def test_apprise_reaches_internal_addresses_only_where_they_are_allowed(
    allow: bool, states: list[str], sink: Sink, open_post: OpenPost
) -> None:
    post = open_post(sink)
    url = f"json://127.0.0.1:{sink.port}/desk"
    post.channels["desk"] = parse_channel("desk", {"url": url}, "firstseen.toml")
    if not allow:
        post.allow = []
    post.raise_alerts()

    post.deliver()

    assert post.states == states
    assert len(sink.bodies) == allow
    if not allow:
        assert post.rows[0].detail.startswith("refused by the address check: ")


@APPRISE
@ONE_DATABASE
def test_apprise_is_not_led_inward_by_a_redirect(sink: Sink, open_post: OpenPost) -> None:
    with Sink() as inside:
        post = open_post(sink)
        sink.answer, sink.headers = 307, {"Location": inside.url}
        for more in ("", "?redirect=yes"):
            url = f"json://127.0.0.1:{sink.port}/desk{more}"
            post.channels["desk"] = parse_channel("desk", {"url": url}, "firstseen.toml")
            post.raise_alerts()
            post.deliver()
            post.now += timedelta(days=1)
        assert inside.bodies == []
        assert len(sink.bodies) >= 2
        assert set(post.states) == {"waiting"}


def test_seven_days_of_outage_lose_nothing(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    sink.answer = 503
    post.raise_alerts(2)
    for hour in range(0, 7 * 24, 3):
        post.now = NOON + timedelta(hours=hour)
        if hour == 72:
            post.raise_alerts(2)
        post.deliver()
    assert post.states == ["waiting"] * 4
    keys = {row.key for row in post.rows}

    sink.answer = 200
    tries = len(sink.seen)
    post.now = NOON + timedelta(days=7, hours=8)
    post.deliver()

    assert post.states == ["delivered"] * 4
    assert len(sink.seen) == tries + 4
    assert set(sink.keys[tries:]) == keys


@ONE_DATABASE
def test_what_fails_for_two_weeks_is_parked_and_can_be_retried(
    sink: Sink, open_post: OpenPost
) -> None:
    post = open_post(sink)
    sink.answer = 404
    post.raise_alerts()
    for day in range(16):
        post.now = NOON + timedelta(days=day)
        post.deliver()
    assert post.states == ["parked"]
    assert post.rows[0].detail == "answered 404"

    sink.answer = 200
    with post.sessions.begin() as session:
        assert retry(session, now=post.now) == 1
    post.deliver()

    assert post.states == ["delivered"]


def test_a_receiver_that_says_410_is_not_asked_again(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    sink.answer = 410
    post.raise_alerts(3)

    post.deliver()
    post.now += timedelta(days=1)
    post.raise_alerts(1)
    post.deliver()

    assert len(sink.seen) == 1
    assert post.states == ["parked"] * 4
    assert "disabled: answered 410 Gone" in post.rows[3].detail
    sink.answer = 200
    with post.sessions.begin() as session:
        assert retry(session, now=post.now, channel="desk") == 4
    post.deliver()
    assert post.states == ["delivered"] * 4


@ONE_DATABASE
def test_one_message_that_is_refused_holds_up_no_other(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    post.raise_alerts(3)
    bad = post.rows[0].key

    def answer(handler: Any) -> None:
        handler.send_response(422 if handler.headers["webhook-id"] == bad else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    sink.answer = answer
    post.deliver()
    assert post.states == ["waiting", "delivered", "delivered"]
    for hour in range(1, 12):
        post.now = NOON + timedelta(hours=hour)
        post.deliver()

    assert post.states == ["parked", "delivered", "delivered"]


@ONE_DATABASE
@pytest.mark.parametrize("answer", [hang, dribble])
def test_a_slow_receiver_delays_nobody_else(
    answer: Callable[[Any], None], sink: Sink, open_post: OpenPost
) -> None:
    with Sink() as slow:
        post = open_post(sink, slow=slow)
        slow.answer = answer
        post.raise_alerts(5, channels=("slow", "desk"))
        began = time.monotonic()

        post.deliver()

        assert time.monotonic() - began < 3
    by_channel = {name: [r.state for r in post.rows if r.channel == name] for name in post.channels}
    assert by_channel == {"desk": ["delivered"] * 5, "slow": ["waiting"] * 5}
    assert [r.detail for r in post.rows if r.tries and r.channel == "slow"] == [
        "no answer within 0 s"
    ]


@ONE_DATABASE
def test_a_redirect_inward_is_not_followed(sink: Sink, open_post: OpenPost) -> None:
    with Sink() as inner:
        post = open_post(sink)
        sink.answer, sink.headers = 307, {"Location": inner.url}
        post.raise_alerts()

        post.deliver()

        assert inner.seen == []
    assert post.states == ["waiting"]
    assert "redirects are not followed" in post.rows[0].detail


@ONE_DATABASE
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/hook",
        "http://localhost:{port}/hook",
        "http://0x7f.1:{port}/hook",
        "http://[::ffff:127.0.0.1]:{port}/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://user@127.0.0.1:{port}/hook",
    ],
)
def test_internal_addresses_are_refused(url: str, sink: Sink, sessions: Sessions) -> None:
    post = Post(sessions, desk=url.format(port=sink.port))
    post.raise_alerts()

    post.deliver()

    assert sink.seen == []
    assert post.states == ["waiting"]
    assert post.rows[0].detail.startswith("refused by the address check: ")


def test_beyond_the_limit_the_rest_leaves_as_one_digest(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    post.channels["desk"] = post.channel("desk", sink.url, most_per_hour=3)
    post.raise_alerts(8)

    post.deliver()
    assert len(sink.seen) == 3
    post.now += timedelta(minutes=30)
    post.deliver()
    assert len(sink.seen) == 3
    post.now += timedelta(minutes=31)
    post.deliver()

    assert len(sink.seen) == 4
    told = json.loads(sink.bodies[3])
    assert told["type"] == "alerts.digest"
    assert len(told["data"]["alerts"]) == 5
    assert post.states == ["delivered"] * 8


def test_digests_and_quiet_hours_wait_for_their_time(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    post.raise_alerts(3, deliver="digest at 18:00")

    post.deliver()
    assert sink.seen == []
    post.now = NOON + timedelta(hours=6)
    post.deliver()

    assert [json.loads(body)["type"] for body in sink.bodies] == ["alerts.digest"]
    assert post.states == ["delivered"] * 3
    assert len({row.key for row in post.rows}) == 1


def test_what_waits_for_an_unknown_channel_is_left_alone_until_somebody_knows_it(
    sink: Sink, open_post: OpenPost
) -> None:
    """Of two workspaces on one database, or of one whose firstseen.toml gets it meanwhile."""
    post = open_post(sink)
    ours = post.channels.pop("desk")
    post.raise_alerts(2)

    deliverer = post.deliver()
    assert deliverer.unknown == ("desk",)
    post.now += timedelta(days=30)
    post.deliver()
    assert post.states == ["waiting"] * 2

    post.channels["desk"] = ours
    deliverer = post.deliver()
    assert post.states == ["delivered"] * 2
    assert deliverer.unknown == ()


@ONE_DATABASE
def test_a_missing_secret_is_told_and_loses_nothing(sink: Sink, open_post: OpenPost) -> None:
    post = open_post(sink)
    post.channels["desk"] = post.channel("desk", sink.url, secrets=["${NOT_SET}"])
    post.raise_alerts()

    post.deliver()

    assert post.states == ["waiting"]
    assert post.rows[0].detail == "channels.desk: neither NOT_SET nor NOT_SET_FILE is set"


def test_a_message_tried_again_keeps_its_key(sink: Sink, open_post: OpenPost) -> None:
    """As after a kill between the receiver's answer and our commit."""
    post = open_post(sink)
    post.raise_alerts(3, deliver="digest at 12:00")
    post.now += timedelta(days=1)
    sends: list[str] = []

    def dies(channel: ChannelDefinition, message: Message) -> Sent:
        sends.append(message.key)
        raise KeyboardInterrupt

    deliverer = Deliverer(post.sessions, post.channels, dies, clock=lambda: post.now)
    with pytest.raises(KeyboardInterrupt):
        deliverer.deliver_next(post.channels["desk"])
    post.deliver()

    assert sends == sink.keys
    assert post.states == ["delivered"] * 3
