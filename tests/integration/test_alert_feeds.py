"""Feeds of a watch's alerts, and channels that Apprise serves."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest
from sqlalchemy.orm import Session, sessionmaker

from crawler.delivery import Gate
from crawler.middlewares.addresses import AllowList
from pipelines.channels import parse_channel
from pipelines.export.alert_feeds import watch_feed, write_feeds
from pipelines.messages import Message
from pipelines.receivers import sender
from tests.examples import make_item
from tests.integration.alert_sink import Sink
from tests.integration.test_match import Desk, make_watch

HOSTILE = "Levy <script>alert(1)</script> & \x0b ]]> harbour levy"
MESSAGE = Message("msg_1", "Subject", "text", "<p>html</p>", "chat", '{"type": "alert.raised"}')


def test_a_watch_is_a_feed_in_three_formats(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    desk = Desk(sessions, make_watch())
    desk.store(make_item(headline=HOSTILE))

    with sessions() as session:
        written = write_feeds(session, tmp_path / "feeds")
        again = write_feeds(session, tmp_path / "feeds")
        assert watch_feed(session, "nobody", "atom") is None

    assert [path.name for path in written] == ["levy.atom", "levy.rss", "levy.json"]
    assert again == []
    for name in ("levy.atom", "levy.rss"):
        parsed = feedparser.parse((tmp_path / "feeds" / name).read_bytes())
        assert not parsed.bozo
        (entry,) = parsed.entries
        if name == "levy.rss":  # read as HTML; Atom says that it is plain text
            assert "<script>" not in entry.summary
        else:
            assert entry.content[0].type == "text/plain"
        assert entry.link == make_item().url
        assert entry.id.startswith("urn:uuid:")
    (item,) = json.loads((tmp_path / "feeds" / "levy.json").read_text("utf-8"))["items"]
    assert item["id"] == entry.id
    assert item["title"].startswith("Levy <script>")


def test_a_feed_is_written_again_when_there_is_news(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    desk = Desk(sessions, make_watch(query="storm OR levy"))
    desk.store(make_item())
    with sessions() as session:
        write_feeds(session, tmp_path)
    body = " ".join(f"z{k} y{k}" for k in range(60))
    desk.now = desk.now.replace(hour=14)
    desk.store(make_item("/2026/storm-2", headline="Storm", article_body=body))

    with sessions() as session:
        assert len(write_feeds(session, tmp_path)) == 3

    assert len(json.loads((tmp_path / "levy.json").read_text("utf-8"))["items"]) == 2


# While it loads its 150 services, Apprise meets libraries that warn about themselves.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_apprise_delivers_and_follows_no_redirect() -> None:
    with Sink(answer=200) as sink, Sink(answer=302) as moved:
        allowed = AllowList.parse(f"127.0.0.1:{one.port}" for one in (sink, moved))
        send = sender({"TOKEN": "t"}, Gate(allowed))
        moved.headers = {"Location": sink.url}
        good = parse_channel("chat", {"url": f"json://127.0.0.1:{sink.port}/${{TOKEN}}"}, "f")
        bad = parse_channel("moved", {"url": f"json://127.0.0.1:{moved.port}/"}, "f")

        assert send(good, MESSAGE).outcome == "delivered"
        assert send(bad, MESSAGE).outcome == "failed"

        assert [path.strip("/") for path in sink.paths] == ["t"]
        assert json.loads(sink.bodies[0])["message"] == "chat"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_channel_apprise_cannot_read_is_told() -> None:
    channel = parse_channel("odd", {"url": "pigeon://coop/3"}, "firstseen.toml")

    sent = sender({}, Gate(AllowList()))(channel, MESSAGE)

    told = "channels.odd: Apprise cannot read this pigeon:// address"
    assert (sent.outcome, sent.detail) == ("failed", told)
