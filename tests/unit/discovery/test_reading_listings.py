"""Feeds, sitemaps and fronts become Listings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.discovery.feed import read_feed
from crawler.discovery.links import ListingError
from crawler.discovery.section_front import read_section_front
from crawler.discovery.sitemap import read_sitemap

RSS = b"""<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Harbour Post</title><link>https://post.example/politics</link>
<ttl>15</ttl>
<item><title>Mayor &lt;b&gt;resigns&lt;/b&gt;</title><link>/politics/mayor-resigns-1</link>
<guid isPermaLink="false">p-1</guid><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>
<description>AT&amp;amp;T deal fails</description></item>
</channel></rss>"""


def test_a_feed_entry_becomes_a_link_with_plain_text_and_utc_date() -> None:
    listing = read_feed(RSS, "https://post.example/politics/rss.xml")
    (link,) = listing.links
    assert link.url == "https://post.example/politics/mayor-resigns-1"
    assert link.headline == "Mayor resigns"
    assert link.description == "AT&T deal fails"
    assert link.date_published == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert link.guid == "p-1"
    assert listing.update_interval == timedelta(minutes=15)


@pytest.mark.parametrize("body", [b"", b"<html><title>Moved</title></html>", b"{}", b"so sorry"])
def test_a_body_that_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ListingError):
        read_feed(body, "https://post.example/rss")


def test_a_sitemap_of_another_site_is_left_out() -> None:
    body = (
        b"<urlset><url><loc>https://post.example/a-1</loc><lastmod>2026-11-23</lastmod></url>"
        b"<url><loc>https://adverts.example/b</loc></url></urlset>"
    )
    assert [x.url for x in read_sitemap(body, "https://post.example/s.xml").links] == [
        "https://post.example/a-1"
    ]


def test_a_front_lists_each_article_once() -> None:
    body = b"""<nav><a href="/topic/budget">Budget debate and all the news</a></nav>
    <article><a href="/politics/mayor-resigns-after-long-vote-4711"><img src="x.jpg"></a>
    <h3><a href="/politics/mayor-resigns-after-long-vote-4711?ref=front">
    Mayor resigns after long vote</a></h3>
    </article>"""
    (link,) = read_section_front(body, "https://post.example/politics").links
    assert link.url == "https://post.example/politics/mayor-resigns-after-long-vote-4711"
    assert link.headline == "Mayor resigns after long vote"
