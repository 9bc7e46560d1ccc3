"""A channel with several receivers: each has every message once, whatever the others answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.channels import parse_channel
from pipelines.storage.outbox import retry
from tests.examples import NOON
from tests.integration.alert_sink import Sink
from tests.integration.mail_server import MailServer
from tests.integration.test_deliver import APPRISE, ONE_DATABASE, Post

Sessions = sessionmaker[Session]
DAY, NIGHT, LATE = "day@desk.example", "night@desk.example", "late@desk.example"
pytestmark = APPRISE


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as one:
        yield one


@pytest.fixture
def post(sessions: Sessions) -> Post:
    return Post(sessions)


def connect(post: Post, server: MailServer, *receivers: str, **more: Any) -> None:
    table = {"url": server.url(*receivers)} | more
    post.channels["desk"] = parse_channel("desk", table, "firstseen.toml")


def hours(post: Post, number: int) -> None:
    for _ in range(number):
        post.deliver()
        post.now += timedelta(hours=1)


def test_who_was_refused_for_the_moment_is_tried_again_alone(
    post: Post, server: MailServer
) -> None:
    server.receivers = {NIGHT: ["450 4.2.0 greylisted", "451 not yet", "250 OK"]}
    connect(post, server, DAY, NIGHT, LATE)
    post.raise_alerts()

    post.deliver()
    (row,) = post.rows
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.detail == "accepted, but not for 1 of 3: ni…@desk.example 450"
    hours(post, 5)

    assert Counter(to for to, _ in server.accepted) == {DAY: 1, NIGHT: 1, LATE: 1}
    assert len({message_id for _, message_id in server.accepted}) == 1
    assert server.asked.count(DAY) == 1
    assert post.states == ["delivered"]


def test_who_is_refused_for_good_is_told_and_parked_and_the_others_have_it_once(
    post: Post, server: MailServer
) -> None:
    server.receivers = {NIGHT: ["550 5.1.1 nobody here"]}
    connect(post, server, DAY, NIGHT)
    post.raise_alerts()
    hours(post, 24)

    (row,) = post.rows
    assert (row.state, row.detail) == ("parked", "still not accepted for ni…@desk.example 550")
    assert [to for to, _ in server.accepted] == [DAY]

    server.receivers = {}
    with post.sessions.begin() as session:
        assert retry(session, now=post.now, channel="desk") == 1
    post.deliver()

    assert [to for to, _ in server.accepted] == [DAY, NIGHT]
    assert post.states == ["delivered"]


@ONE_DATABASE
def test_all_verdicts_in_one_mail(post: Post, server: MailServer) -> None:
    server.receivers = {
        NIGHT: ["450 later", "450 later", "250 OK"],
        LATE: ["550 nobody", "550 nobody", "550 nobody", "250 OK"],
    }
    connect(post, server, DAY, NIGHT, LATE)
    post.raise_alerts()
    hours(post, 6)

    assert Counter(to for to, _ in server.accepted) == {DAY: 1, NIGHT: 1, LATE: 1}
    assert post.states == ["delivered"]


@ONE_DATABASE
def test_one_full_mailbox_holds_up_no_further_message(post: Post, server: MailServer) -> None:
    server.receivers = {NIGHT: ["452 full"]}
    connect(post, server, DAY, NIGHT)
    post.raise_alerts(3)

    post.deliver()

    assert [to for to, _ in server.accepted] == [DAY] * 3


@ONE_DATABASE
def test_the_hourly_limit_counts_what_some_receivers_have(post: Post, server: MailServer) -> None:
    server.receivers = {NIGHT: ["452 full"]}
    connect(post, server, DAY, NIGHT, most_per_hour=2)
    post.raise_alerts(6)

    post.deliver()
    assert [to for to, _ in server.accepted] == [DAY] * 2
    post.now = NOON + timedelta(minutes=61)
    post.deliver()

    assert [to for to, _ in server.accepted] == [DAY] * 3  # the rest as one digest


@ONE_DATABASE
@pytest.mark.parametrize(
    ("data", "state", "told"),
    [
        ("554 5.7.1 refused", "parked", "the mail server says 554"),
        ("451 try later", "waiting", "the mail server says 451"),
        ("cut", "waiting", "the mail server does not answer: SMTPServerDisconnected"),
    ],
)
def test_what_is_not_accepted_as_a_whole_nobody_has(
    data: str, state: str, told: str, post: Post, server: MailServer
) -> None:
    server.data = data
    connect(post, server, DAY, NIGHT)
    post.raise_alerts()
    hours(post, 24)
    assert (post.states, post.rows[0].detail, server.accepted) == ([state], told, [])

    server.data = "250 OK"
    with post.sessions.begin() as session:
        retry(session, now=post.now)
    hours(post, 1)

    assert Counter(to for to, _ in server.accepted) == {DAY: 1, NIGHT: 1}


@ONE_DATABASE
@pytest.mark.parametrize("goodbye", ["421 closing", "500 what", "221 Bye"])
def test_a_rude_goodbye_undoes_nothing(goodbye: str, post: Post, server: MailServer) -> None:
    server.goodbye = goodbye
    connect(post, server, DAY)
    post.raise_alerts()
    hours(post, 3)

    assert [to for to, _ in server.accepted] == [DAY]
    assert post.states == ["delivered"]


@ONE_DATABASE
def test_a_mailer_that_is_down_loses_nothing(post: Post, server: MailServer) -> None:
    with MailServer() as gone:
        pass
    connect(post, gone, DAY)
    post.raise_alerts(2)
    hours(post, 24)
    assert post.states == ["waiting"] * 2

    connect(post, server, DAY)
    hours(post, 12)

    assert post.states == ["delivered"] * 2


@ONE_DATABASE
def test_a_receiver_added_meanwhile_gets_what_is_tried_again(
    post: Post, server: MailServer
) -> None:
    server.receivers = {NIGHT: ["450 later", "250 OK"]}
    connect(post, server, DAY, NIGHT)
    post.raise_alerts()
    post.deliver()
    connect(post, server, DAY, NIGHT, LATE)
    hours(post, 3)

    assert Counter(to for to, _ in server.accepted) == {DAY: 1, NIGHT: 1, LATE: 1}


@ONE_DATABASE
def test_of_several_targets_only_those_that_failed_are_tried_again(
    post: Post, sessions: Sessions
) -> None:
    failing = ["b"]

    def answer(handler: Any) -> None:
        told = json.loads(sink.bodies[-1])
        handler.send_response(500 if told["topic"] in failing else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with Sink() as sink:
        sink.answer = answer
        post.allow = [f"127.0.0.1:{sink.port}"]
        url = f"ntfy://127.0.0.1:{sink.port}/a/b/c"
        post.channels["desk"] = parse_channel("desk", {"url": url}, "firstseen.toml")
        post.raise_alerts()
        hours(post, 3)
        assert post.states == ["waiting"]
        assert post.rows[0].detail.startswith("not for 1 of 3 targets")
        failing.clear()
        hours(post, 3)

    topics = Counter(json.loads(body)["topic"] for body in sink.bodies)
    assert (topics["a"], topics["c"]) == (1, 1)
    assert topics["b"] > 1
    assert post.states == ["delivered"]
