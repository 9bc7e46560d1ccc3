"""Feeds of every kind, sound and broken, become Listings."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.discovery.feed import MOST_LINKS, read_feed
from crawler.discovery.links import ArticleLink, ListingError

URL = "https://post.example/politics/rss.xml"


def rss(items: str, head: str = "", root: str = '<rss version="2.0">') -> bytes:
    channel = f"<channel><title>The Harbour Post</title>{head}{items}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?>{root}{channel}</rss>'.encode()


def item(
    title: str = "Mayor resigns", link: str = "https://post.example/a-1", more: str = ""
) -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def only_link(body: bytes, url: str = URL) -> ArticleLink:
    (link,) = read_feed(body, url).links
    return link


def test_an_rss_entry_becomes_a_link() -> None:
    more = (
        '<guid isPermaLink="false">p-1</guid><category>Budget</category>'
        "<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><author>Ada Reporter</author>"
        "<description>&lt;p&gt;The vote&lt;br&gt;was close.&lt;/p&gt;</description>"
    )
    listing = read_feed(rss(item(more=more), head="<language>en-gb</language>"), URL)
    assert listing.title == "The Harbour Post"
    assert listing.links == (
        ArticleLink(
            url="https://post.example/a-1",
            headline="Mayor resigns",
            description="The vote was close.",
            date_published=datetime(2026, 11, 23, 9, tzinfo=UTC),
            date_published_raw="Mon, 23 Nov 2026 10:00:00 +0100",
            guid="p-1",
            authors=("Ada Reporter",),
            keywords=("Budget",),
            language="en-gb",
        ),
    )


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("<![CDATA[<i>Slant</i> &amp; more]]>", "Slant & more"),
        ("AT&amp;amp;T deal", "AT&T deal"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Vote", "Vote"),
        ("5 &lt; 6 says minister", "5 < 6 says minister"),
        ("Vote\n\t  today", "Vote today"),
        ("Pre\u0301sident", "Pr\u00e9sident"),
        ("首相、予算案の修正を拒否", "首相、予算案の修正を拒否"),
    ],
)
def test_headlines_are_plain_text(written: str, headline: str) -> None:
    assert only_link(rss(item(title=written))).headline == headline


@pytest.mark.parametrize(
    ("link", "head", "url"),
    [
        ("/a-1", "<link>https://post.example/politics</link>", "https://post.example/a-1"),
        ("a-1", "<link>https://post.example/politics/</link>", "https://post.example/politics/a-1"),
        ("a-1", "", "https://post.example/politics/a-1"),
        ("/a-1", "<link>https://elsewhere.example/</link>", "https://post.example/a-1"),
        ("//post.example/a-1", "", "https://post.example/a-1"),
        (
            "https://post.example/a-1?utm_source=rss&amp;id=7#top",
            "",
            "https://post.example/a-1?id=7",
        ),
    ],
)
def test_links_are_absolute_and_clean(link: str, head: str, url: str) -> None:
    assert only_link(rss(item(link=link), head=head)).url == url


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.example"]
)
def test_an_entry_without_a_web_link_is_left_out(link: str) -> None:
    assert read_feed(rss(item(link=link)), URL).links == ()


def test_the_publishers_own_link_wins_over_feedburners() -> None:
    origin = "<feedburner:origLink>https://post.example/own</feedburner:origLink>"
    root = '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
    body = rss(item(link="https://feeds.example/~r/x/1", more=origin), root=root)
    assert only_link(body).url == "https://post.example/own"


def test_a_guid_that_is_an_address_stands_in_for_a_missing_link() -> None:
    body = rss("<item><title>A</title><guid>https://post.example/a-9</guid></item>")
    assert only_link(body).url == "https://post.example/a-9"


def test_an_address_listed_twice_counts_once_and_positions_count_up() -> None:
    body = rss(item() + item(title="Again") + item(link="https://post.example/b-2"))
    links = read_feed(body, URL).links
    assert [(x.position, x.url[-3:], x.headline) for x in links] == [
        (0, "a-1", "Mayor resigns"),
        (1, "b-2", "Mayor resigns"),
    ]


def test_entries_that_share_a_guid_are_all_listed() -> None:
    items = "".join(
        item(link=f"https://post.example/a-{n}", more="<guid>1</guid>") for n in range(5)
    )
    assert len(read_feed(rss(items), URL).links) == 5


def test_an_atom_feed_shows_its_links_hub_and_base() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://post.example/x/">
    <title type="html">Post &amp;amp; News</title>
    <link rel="hub" href="https://hub.example/"/><link rel="self" href="/x/feed.atom"/>
    <entry><id>tag:post.example,2026:1</id><title>Vote</title>
    <link rel="enclosure" href="https://post.example/a.mp3"/><link href="vote-1"/>
    <published>2026-11-23T10:00:00+01:00</published><updated>2026-11-23T12:00:00Z</updated>
    <author><name>Ada Reporter</name></author><summary>Close.</summary></entry></feed>"""
    listing = read_feed(body, "https://post.example/x/feed.atom")
    (link,) = listing.links
    assert (listing.hub_url, listing.title) == ("https://hub.example/", "Post & News")
    assert listing.self_url == "https://post.example/x/feed.atom"
    assert link.url == "https://post.example/x/vote-1"
    assert link.date_published == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert link.authors == ("Ada Reporter",)


def test_an_rdf_feed_is_read() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://post.example/"><title>Post</title></channel>
    <item rdf:about="https://post.example/a"><title>Vote</title><link>https://post.example/a</link>
    <dc:date>2026-11-23T10:00:00Z</dc:date></item></rdf:RDF>"""
    assert only_link(body).date_published == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Post",
        "home_page_url": "https://post.example/politics/",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [
            {"id": 7, "url": "a-7", "title": "Vote <b>now</b>", "content_html": "<p>Close.</p>",
             "date_published": "2026-11-23T10:00:00Z", "authors": [{"name": "Ada"}], "tags": ["x"]},
            {"id": "https://post.example/a-8"}, {"id": "no address"}, "not an item",
        ],
    }  # fmt: skip
    listing = read_feed(json.dumps(feed).encode(), URL)
    first, second = listing.links
    assert first.url == "https://post.example/politics/a-7"
    assert (first.headline, first.description, first.guid) == ("Vote now", "Close.", "7")
    assert (first.authors, first.keywords, listing.hub_url) == (
        ("Ada",),
        ("x",),
        "https://hub.example/",
    )
    assert second.url == "https://post.example/a-8"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<ttl>15</ttl>", timedelta(minutes=15)),
        ("<ttl>soon</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
    ],
)
def test_the_publishers_hint_on_updates_is_read(head: str, expected: timedelta | None) -> None:
    root = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
    assert read_feed(rss(item(), head=head, root=root), URL).update_interval == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n ",
        b"<!doctype html><html><head><title>Moved</title></head></html>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><body><rss>no</rss></body></html>",
        b"Service temporarily unavailable",
        b"{}",
        b'{"items": {}}',
        b'{"items": [' + b"[" * 50_000,
        b"[1, 2]",
        b"<urlset><url><loc>https://post.example/</loc></url></urlset>",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
    ],
)
def test_a_body_that_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ListingError, match=r"instead of a feed|no feed"):
        read_feed(body, URL)


def test_an_empty_feed_is_a_feed() -> None:
    assert read_feed(rss(""), URL).links == ()


def test_a_truncated_feed_yields_its_complete_entries() -> None:
    body = rss("".join(item(link=f"https://post.example/politics/a-{n}") for n in range(5)))
    cut = body[: body.rindex(b"/a-4")]
    assert [x.url[-1] for x in read_feed(cut, URL).links] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: b"<b>Warning</b>: include() failed <br />\n" + body,
        lambda body: b"\n\n  " + body,
        lambda body: body.replace(b"<item>", b"<item>&nbsp;& "),
        lambda body: body.replace(b"<title>Mayor", b"<title>\x00\x0bMayor"),
        lambda body: body.replace(b"</item>", b"</itme>"),
        lambda body: body.replace(b"<item>", b"<item>&#0;&#xD800;&#99999999;& "),
        lambda body: body.replace(b"utf-8", b"no-such-encoding"),
        lambda body: body.decode().replace("utf-8", "utf-16").encode("utf-16"),
    ],
)
def test_common_damage_costs_no_entry(damage: object) -> None:
    body = damage(rss(item()))  # type: ignore[operator]  # a table of functions
    assert only_link(body).headline == "Mayor resigns"


def test_bytes_that_break_the_declared_encoding_are_still_read() -> None:
    body = rss(item(title="Minister “won’t go” – again")).decode().encode("cp1252")
    assert only_link(body).headline == "Minister “won’t go” – again"


def test_entities_are_never_expanded_into_floods_or_files() -> None:
    laughs = "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    doctype = f"<!DOCTYPE rss [<!ENTITY a 'lolz '>{laughs}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    body = rss(item(title="&h; &f;") + item(link="https://post.example/b"))
    links = read_feed(body.replace(b"<rss", doctype.encode() + b"<rss"), URL).links
    text = " ".join(x.headline or "" for x in links)
    assert len(text) < 1000
    assert "root:" not in text
    assert links[-1].url == "https://post.example/b"


def test_a_flood_of_entries_is_cut() -> None:
    items = "".join(item(link=f"https://post.example/{n}") for n in range(MOST_LINKS + 50))
    assert len(read_feed(rss(items), URL).links) == MOST_LINKS
