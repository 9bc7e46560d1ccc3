"""Alerts from the outside: real crawls, real receivers, and a program that is killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from standardwebhooks import Webhook

from crawler.demo import DemoWeb
from crawler.workspace import create_workspace
from pipelines.group import StoryKeeper
from pipelines.match import WatchKeeper
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.leader import leader_lock
from pipelines.storage.models import Article
from pipelines.storage.schema import upgrade
from pipelines.storage.sources import save_sources
from pipelines.storage.watch_models import Alert, Delivery
from pipelines.store import store_article
from tests.e2e.running import Done, firstseen, start, wait_until, workspace_for
from tests.examples import SOURCES, make_item
from tests.integration.alert_sink import Sink, hang

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# FIRSTSEEN_TEST_KILLS=40 kills longer than a test should take.
KILLS = int(os.environ.get("FIRSTSEEN_TEST_KILLS", "12"))


def add_channel(folder: Path, name: str, **keys: Any) -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    config = folder / "firstseen.toml"
    config.write_text(config.read_text() + f"\n[channels.{name}]\n" + "\n".join(lines) + "\n")


def write_watch(folder: Path, slug: str, **keys: Any) -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    (folder / "watches" / f"{slug}.toml").write_text("\n".join(lines) + "\n")


def alerts_in(folder: Path) -> list[Alert]:
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        return list(session.scalars(select(Alert)))


def deliveries_in(folder: Path) -> list[Delivery]:
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        return list(session.scalars(select(Delivery)))


# ---------------------------------------------------------------- a crawl of the news web


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Sink, Done]]:
    """A workspace after two crawls and a delivery; between the crawls things were published."""
    begun = datetime.now(UTC) - timedelta(minutes=5)
    with Sink() as sink, DemoWeb(speed=0, start_at=begun, crawl_delay=0) as web:
        folder = workspace_for(web, tmp_path_factory.mktemp("alerts"))
        config = (folder / "firstseen.toml").read_text()
        allowed = config.replace("allow = [", f'allow = ["127.0.0.1:{sink.port}", ')
        (folder / "firstseen.toml").write_text(allowed)
        add_channel(folder, "desk", kind="webhook", url=sink.url, secrets=["${DESK}"])
        write_watch(folder, "all", name="Everything", query="-zzzz", channels=["desk"])
        first = firstseen("crawl", cwd=folder)
        assert (first.status, alerts_in(folder)) == (0, []), first.err
        web.advance(12.5)
        second = firstseen("crawl", "--no-deliver", cwd=folder, DESK=SECRET)
        assert (second.status, sink.seen) == (0, []), second.err
        yield folder, sink, firstseen("alerts", "deliver", cwd=folder, DESK=SECRET)


def test_each_new_story_is_told_once_and_nothing_of_the_first_look(
    told: tuple[Path, Sink, Done],
) -> None:
    folder, sink, done = told
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        query = select(Article.story_id).where(Article.baseline.is_(False))
        stories = set(session.scalars(query))

    assert done.status == 0, done.err
    payloads = [Webhook(SECRET).verify(*pair) for pair in zip(sink.bodies, sink.seen, strict=True)]
    assert stories
    assert Counter(p["data"]["alert"]["story"]["id"] for p in payloads) == Counter(stories)


def test_an_alert_says_why(told: tuple[Path, Sink, Done]) -> None:
    folder, _, _ = told
    listed = firstseen("alerts", "list", "--format", "json", cwd=folder).json()

    why = firstseen("alerts", "why", str(listed[0]["id"]), cwd=folder)
    shown = firstseen("alerts", "show", str(listed[0]["id"]), cwd=folder)

    assert "rule: new story" in why.out
    assert "watch all: -zzzz" in why.out
    assert "desk: delivered" in shown.out
    assert {d["state"] for alert in listed for d in alert["deliveries"]} == {"delivered"}
    feeds = firstseen("alerts", "feeds", "--into", "out", cwd=folder)
    assert feeds.status == 0
    assert sorted(p.name for p in (folder / "out").iterdir()) == ["all.atom", "all.json", "all.rss"]
    items = json.loads((folder / "out" / "all.json").read_text("utf-8"))["items"]
    assert len(items) == len(listed)


def test_a_watch_is_tried_out_on_the_archive(told: tuple[Path, Sink, Done]) -> None:
    folder, _, _ = told
    alerts = firstseen("alerts", "list", "--format", "json", cwd=folder).json()

    test = firstseen("watches", "backtest", "all", "--format", "json", cwd=folder)

    assert {firing["story"] for firing in test.json()} == {a["story"]["id"] for a in alerts}


# ---------------------------------------------------------------- what cron and timers run


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Sink]]:
    """A workspace in which nothing is due to be looked at and three alerts are due to leave."""
    begun = datetime.now(UTC) - timedelta(minutes=5)
    with Sink() as sink, DemoWeb(speed=0, start_at=begun, crawl_delay=0) as web:
        folder = workspace_for(web, tmp_path / "desk")
        config = (folder / "firstseen.toml").read_text()
        allowed = config.replace("allow = [", f'allow = ["127.0.0.1:{sink.port}", ')
        (folder / "firstseen.toml").write_text(allowed)
        add_channel(folder, "desk", kind="webhook", url=sink.url, secrets=["${DESK}"])
        assert firstseen("crawl", "--due", cwd=folder, DESK=SECRET).status == 0
        outbox(folder, 3, channels=["desk"])
        yield folder, sink


def test_a_crawl_with_nothing_to_look_at_delivers_what_is_due(watched: tuple[Path, Sink]) -> None:
    folder, sink = watched

    left = firstseen("crawl", "--due", "--no-deliver", cwd=folder, DESK=SECRET)
    assert (left.status, left.err, sink.seen) == (0, "", [])
    lock = leader_lock(f"sqlite:///{folder / 'firstseen.db'}")
    assert lock.acquire()
    led = firstseen("crawl", "--due", cwd=folder, DESK=SECRET)
    lock.release()

    assert (led.status, len(sink.seen)) == (0, 3), led.err
    again = firstseen("crawl", "--due", cwd=folder, DESK=SECRET)
    assert (again.status, again.err, len(sink.seen)) == (0, "", 3)


def test_a_crawl_whose_alerts_cannot_be_delivered_says_so(watched: tuple[Path, Sink]) -> None:
    folder, sink = watched
    sink.answer = 503

    done = firstseen("crawl", "--due", "--json", cwd=folder, DESK=SECRET)

    told = "alerts: 1 failed (desk: answered 503), tried again later, see `firstseen health`\n"
    assert (done.status, done.err) == (3, told)
    record = done.json()
    assert record["exit_status"] == 3
    assert record["alerts"]["messages"] == {"failed": 1}
    assert record["alerts"]["troubles"] == {"desk": "answered 503"}


def test_a_crawl_whose_receiver_hangs_ends_all_the_same(watched: tuple[Path, Sink]) -> None:
    folder, sink = watched
    with Sink() as slow:
        slow.answer = hang
        config = (folder / "firstseen.toml").read_text()
        moved = config.replace(str(sink.port), str(slow.port))
        (folder / "firstseen.toml").write_text(moved)
        began = time.monotonic()
        done = firstseen("crawl", "--due", cwd=folder, DESK=SECRET)

    assert done.status == 3, done.err
    assert time.monotonic() - began < 60


def test_a_channel_nobody_knows_is_left_to_health(watched: tuple[Path, Sink]) -> None:
    folder, sink = watched
    config = (folder / "firstseen.toml").read_text()
    (folder / "firstseen.toml").write_text(config.replace("channels.desk", "channels.desks"))

    due = firstseen("crawl", "--due", cwd=folder, DESK=SECRET)
    asked = firstseen("alerts", "deliver", cwd=folder, DESK=SECRET)
    health = firstseen("health", cwd=folder)

    assert (due.status, due.err) == (0, "")
    assert asked.status == 3
    assert "firstseen.toml has no channel desk" in asked.err
    assert health.status in (1, 3)
    assert "desk" in health.out + health.err
    assert sink.seen == []
    assert {row.state for row in deliveries_in(folder)} == {"waiting"}


# ---------------------------------------------------------------- mail


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(mail)  # type: ignore[arg-type] - the default policy makes EmailMessages
        return "250 OK"


def outbox(folder: Path, number: int, **watch: Any) -> Path:
    """Write a workspace with so many alerts waiting, one story each."""
    write_watch(folder, "storm", name="Storm", query="storm", **watch)
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", create=True)
    upgrade(engine)
    keeper, now = WatchKeeper.of_folder(folder / "watches"), datetime.now(UTC)
    with session_factory(engine).begin() as session:
        save_sources(session, SOURCES[:1])  # the others are outlets of the demonstration web
        for n in range(number):
            item = make_item(
                f"/2026/storm-{n}",
                headline=f"Storm{n}a <b>storm</b>{n}b\r\nBcc: x@y.example",
                article_body=" ".join(f"w{n}x{k} z{n}z{k}" for k in range(60)),
                first_seen_at=now,
                fetched_at=now,
                is_accessible_for_free=False,
            )
            store_article(session, item, stories=StoryKeeper(), watches=keeper)
    engine.dispose()
    return folder


def test_a_digest_arrives_as_one_mail_with_text_and_html(tmp_path: Path) -> None:
    create_workspace(tmp_path)
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        url = f"mailto://127.0.0.1:{port}?from=news@monitor.example&to=desk@monitor.example"
        add_channel(tmp_path, "mail", url=f"{url}&mode=insecure", most_per_hour=1)
        outbox(tmp_path, 3, channels=["mail"])
        engine = open_engine(f"sqlite:///{tmp_path / 'firstseen.db'}")
        with session_factory(engine).begin() as session:
            for row in session.scalars(select(Delivery)):
                row.mode, row.key = "digest", None
        engine.dispose()

        done = firstseen("alerts", "deliver", cwd=tmp_path)
    finally:
        server.stop()

    assert (done.status, done.err) == (0, "1 delivered\n")
    (mail,) = box.mails
    assert mail["Subject"] == "3 stories: 3 new - Storm"
    assert mail["Bcc"] is None
    assert str(mail["Message-ID"]).startswith("<msg_")
    plain, html = (mail.get_body([kind]) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().count("(paywalled)") == 3
    assert "&lt;b&gt;storm&lt;/b&gt;" in html.get_content()
    assert "<b>" not in html.get_content()


# ---------------------------------------------------------------- killed


def test_alerts_survive_kills_during_delivery(tmp_path: Path) -> None:
    """Killed after the receiver's answer, before it is noted: repeats, but nothing is lost."""
    running: list[subprocess.Popen[str]] = []
    kills = 0

    with Sink() as sink:

        def answer(handler: Any) -> None:
            nonlocal kills
            in_window = len(sink.seen) % 2 == 0
            if kills < KILLS and not in_window:
                kills += 1
                os.kill(running[-1].pid, signal.SIGKILL)  # before it has our answer
                return
            handler.send_response(204)
            handler.end_headers()
            handler.wfile.flush()
            if kills < KILLS:
                kills += 1
                os.kill(running[-1].pid, signal.SIGKILL)

        sink.answer = answer
        create_workspace(tmp_path, allow=(f"127.0.0.1:{sink.port}",))
        channel = {"kind": "webhook", "url": sink.url, "secrets": ["${DESK}"]}
        add_channel(tmp_path, "desk", most_per_hour=1000, **channel)
        outbox(tmp_path, KILLS + 8, channels=["desk"])
        for _ in range(KILLS + 5):
            running.append(start("alerts", "deliver", cwd=tmp_path, DESK=SECRET))
            running[-1].communicate(timeout=120)
            if running[-1].returncode == 0:
                break

    rows = deliveries_in(tmp_path)
    repeats = len(sink.keys) - len(set(sink.keys))
    assert kills == KILLS
    assert len(rows) == KILLS + 8
    assert {row.state for row in rows} == {"delivered"}
    assert set(sink.keys) == {row.key for row in rows}
    assert repeats <= KILLS
    print(f"{kills} kills, {len(rows)} messages, {repeats} repeats")


@pytest.mark.parametrize("point", ["before-send", "after-send"])
def test_a_crash_beside_sending_loses_nothing(point: str, tmp_path: Path) -> None:
    with Sink() as sink:
        create_workspace(tmp_path, allow=(f"127.0.0.1:{sink.port}",))
        add_channel(tmp_path, "desk", kind="webhook", url=sink.url, secrets=["${DESK}"])
        outbox(tmp_path, 2, channels=["desk"])

        crashed = firstseen("alerts", "deliver", cwd=tmp_path, DESK=SECRET, CRASH_AT=point)
        done = firstseen("alerts", "deliver", cwd=tmp_path, DESK=SECRET)

        assert (crashed.status, done.status) == (137, 0)
        assert len(sink.keys) == 2 + (point == "after-send")
        assert len(set(sink.keys)) == 2


def test_the_daemon_delivers_by_itself(tmp_path: Path) -> None:
    with Sink() as sink:
        create_workspace(tmp_path, allow=(f"127.0.0.1:{sink.port}",))
        add_channel(tmp_path, "desk", kind="webhook", url=sink.url, secrets=["${DESK}"])
        outbox(tmp_path, 3, channels=["desk"])

        daemon = start("run", cwd=tmp_path, DESK=SECRET)
        try:
            wait_until(lambda: len(sink.seen) == 3, seconds=30)
            refused = firstseen("alerts", "deliver", cwd=tmp_path, DESK=SECRET)
        finally:
            daemon.terminate()
            _, err = daemon.communicate(timeout=30)

    assert daemon.returncode == 0, err
    assert refused.err == "another firstseen is delivering\n"
    assert {row.state for row in deliveries_in(tmp_path)} == {"delivered"}
    assert SECRET not in err
