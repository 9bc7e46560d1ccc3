"""Any search or watch is a feed, in three formats, that readers and schemas accept."""

from __future__ import annotations

import json
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from sqlalchemy.orm import Session, sessionmaker

from pipelines.export.alert_feeds import watch_feed
from pipelines.export.asked import asked_of
from pipelines.export.feeds import Feed, FeedEntry, FeedFormat, write_feed
from pipelines.export.search_feeds import search_feed
from pipelines.storage.search import SearchQuery
from pipelines.store import store_article
from tests.examples import BODY, NOON, at, claimed, make_item
from tests.integration.feed_schemas import assert_valid
from tests.integration.test_match import ONE_DATABASE, Desk, make_watch
from tests.unit.export.rows import TEXT

Sessions = sessionmaker[Session]
HOSTILE = "Levy <script>alert(1)</script> & \x0b ]]> &lt;b&gt; harbour"
FORMS: tuple[FeedFormat, ...] = ("atom", "rss", "json")


@pytest.fixture
def archive(sessions: Sessions) -> Sessions:
    """Two articles, the older one edited later."""
    items = (
        make_item(date_published=claimed(at(-30))),
        make_item(
            "/2026/b-2", headline=HOSTILE, article_body=BODY * 2, first_seen_at=at(9), baseline=True
        ),
        make_item(
            article_body=BODY.replace("council", "senate"),
            description="A <b>teaser</b>",
            date_published=claimed(at(-30)),
            fetched_at=at(60),
        ),
    )
    with sessions.begin() as session:
        for item in items:
            store_article(session, item)
    return sessions


def feed_of(sessions: Sessions, form: FeedFormat, words: str = "", **more: Any) -> bytes:
    with sessions() as session:
        return search_feed(session, SearchQuery(words), form, **more)


@ONE_DATABASE
@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("self_url", ["", "https://desk.example/feeds/levy?format=x&q=%22a%22"])
def test_a_search_is_a_feed_that_schemas_and_readers_accept(
    archive: Sessions, form: FeedFormat, self_url: str
) -> None:
    content = feed_of(archive, form, self_url=self_url)

    assert_valid(content, form)
    parsed = feedparser.parse(content)
    assert not parsed.bozo
    newest, older = parsed.entries
    assert newest.title.startswith("Levy ")
    assert older.link == make_item().url
    assert older.author if form == "atom" else older.summary
    told = older.content[0].value if form == "atom" else older.summary
    assert "first seen between 2026-11-23 11:45:00 and 2026-11-23 12:00:00 UTC" in told
    if self_url:
        (link,) = [link for link in parsed.feed.links if link.rel == "self"]
        assert link.href == self_url


def test_an_edit_changes_the_time_and_nothing_else(archive: Sessions) -> None:
    newest, older = json.loads(feed_of(archive, "json"))["items"]

    assert older["date_modified"] == "2026-11-23T13:00:00Z"
    assert "date_modified" not in newest
    parsed = feedparser.parse(feed_of(archive, "atom"))
    assert parsed.entries[1].updated == "2026-11-23T13:00:00Z"
    assert parsed.entries[1].published == "2026-11-23T11:30:00Z"
    assert parsed.feed.updated == "2026-11-23T13:00:00Z"


@ONE_DATABASE
def test_entries_keep_their_ids_in_every_format_and_search(archive: Sessions) -> None:
    ids = [
        {entry.id for entry in feedparser.parse(feed_of(archive, form, words)).entries}
        for form in ("atom", "rss")
        for words in ("", "levy OR harbour")
    ]
    ids.append({item["id"] for item in json.loads(feed_of(archive, "json"))["items"]})

    assert all(found == ids[0] for found in ids)
    assert len(ids[0]) == 2
    assert all(entry_id.startswith("urn:uuid:") for entry_id in ids[0])


@ONE_DATABASE
def test_the_newest_are_told_and_no_more_than_asked(archive: Sessions) -> None:
    (item,) = json.loads(feed_of(archive, "json", limit=1))["items"]

    assert item["title"].startswith("Levy ")


@ONE_DATABASE
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_search_that_finds_nothing_is_a_feed_too(archive: Sessions, form: FeedFormat) -> None:
    content = feed_of(archive, form, "zebra", title="Zebras")

    assert_valid(content, form)
    assert feedparser.parse(content).feed.title == "Zebras - firstseen"


@ONE_DATABASE
def test_a_watch_is_a_feed_of_what_it_means(archive: Sessions) -> None:
    asked = asked_of(SearchQuery(), make_watch(query="senate"))
    with archive() as session:
        feed = json.loads(search_feed(session, asked, "json", title="Levy"))

    assert [item["url"] for item in feed["items"]] == [make_item().url]


@ONE_DATABASE
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_alerts_are_written_by_the_same_writer(sessions: Sessions, form: FeedFormat) -> None:
    Desk(sessions, make_watch()).store(make_item(headline="Harbour levy " + HOSTILE))

    with sessions() as session:
        content = watch_feed(session, "levy", form, self_url="https://desk.example/levy")

    assert content is not None
    assert_valid(content, form)
    assert len(feedparser.parse(content).entries) == 1


@settings(max_examples=60, deadline=None)
@given(TEXT)
def test_no_text_breaks_a_feed(text: str) -> None:
    told = text + "\ud800"
    entry = FeedEntry(told, told, f"javascript:{text}", told, told, NOON, tags=(told,))
    feed = Feed(told, told, told, NOON, (entry, entry), self_url=told)

    for form in ("atom", "rss"):
        assert_valid(write_feed(feed, form), form)
    assert json.loads(write_feed(feed, "json"))["items"][0]["content_text"] == text + "?"
