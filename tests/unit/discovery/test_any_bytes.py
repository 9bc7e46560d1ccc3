"""Whatever bytes come, a Listing or a ListingError comes out, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.discovery.article_address import address_is_article
from crawler.discovery.feed import read_feed
from crawler.discovery.links import Listing, ListingError
from crawler.discovery.section_front import read_section_front
from crawler.discovery.sitemap import read_sitemap

URL = "https://post.example/politics/feed.xml"
READERS: list[Callable[[bytes, str], Listing]] = [read_feed, read_sitemap, read_section_front]
PIECES = [
    b"<rss version='2.0'>", b"<channel>", b"<item>", b"</item>", b"<title>", b"</title>", b"<link>",
    b"https://post.example/a-1", b"</link>", b"<feed xmlns='http://www.w3.org/2005/Atom'>",
    b"<entry>", b"<link href='/x'/>", b"<urlset>", b"<url>", b"<loc>", b"</loc>", b"</url>",
    b"<sitemapindex>", b"<sitemap>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&amp;", b"&x;",
    b"&#0;", b"&#xD800;", b"<!DOCTYPE x [<!ENTITY x 'y'>]>", b"<html>",
    b"<a href='/p/a-b-c-d-1234'>", b"</a>", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\x1f\x8b\x08\x00", b"{}", b"]}",
    b'{"items": [', b"<base href='http://['>", b"\xf0\x9f",
    b"<pubDate>Mon, 99 Foo 2026 99:99:99 +9999</pubDate>",
    b"<content type='xhtml'><div>", b"<content mode='base64'>!!", b"<media:thumbnail url='x'/>",
    b"<georss:point>x y</georss:point>", b"<source><title>", b"<author><name>", b"<image><url>",
]  # fmt: skip


def read(reader: Callable[[bytes, str], Listing], body: bytes) -> None:
    try:
        listing = reader(body, URL)
    except ListingError:
        return
    for link in listing.links:
        assert link.url.startswith(("http://", "https://"))
        for text in (link.headline, link.description, link.guid):
            assert text is None or not set(text) & {"\x00", "\n", "\x1b"}
            assert text is None or text.encode("utf-8")
        assert link.date_published is None or link.date_published.utcoffset() is not None


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES)).map(b"".join)))
def test_any_bytes_are_survived(reader: Callable[[bytes, str], Listing], body: bytes) -> None:
    read(reader, body)


@settings(max_examples=200, deadline=None)
@given(url=st.one_of(st.text(max_size=80), st.text(alphabet="/-.?=&#:@[]%a1é", max_size=60)))
def test_any_address_is_judged(url: str) -> None:
    assert address_is_article(url) in (True, False)


HUGE = {
    "unclosed items": b"<rss><channel>" + b"<item>" * 100_000,
    "unclosed elements": b"<rss><channel>" + b"<a>" * 150_000,
    "opening brackets": b"<rss><channel>" + b"<" * 1_000_000,
    "ampersands": b"<rss><channel><item><title>" + b"&" * 1_000_000,
    "namespaces": b"<rss><item " + b" ".join(b'xmlns:a%d="u%d"' % (i, i) for i in range(50_000)),
    "declarations": b"<!DOCTYPE rss [" + b'<!ENTITY a "b">' * 60_000 + b"]><rss>",
    "one blank line": b"<rss>" + b" " * 5_000_000 + b"</rss>",
    "nested sitemaps": b"<urlset>" + b"<url>" * 200_000,
    "references": b"<urlset><url><loc>" + b"&a;" * 300_000,
    "nested lists": b"<html>" + b"<ul><li>" * 100_000 + b"<a href='/x-1'>y</a>",
    "nested links": b"<html>" + b"<a href='/x-y-z-w-123456'><b>" * 40_000,
    "many links": b"".join(
        b"<p><a href='/x-y-z-w-%d'>A long headline</a>" % n for n in range(10_000)
    ),
    "attributes": b"<html><a " + b" ".join(b"a%d=1" % n for n in range(150_000)) + b">",
    "json depth": b'{"items":' + b"[" * 1_000_000,
    "json number": b'{"items":[{"id":' + b"9" * 1_000_000 + b"}]}",
}


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (reader, name)
        for reader in READERS
        for name in HUGE
        if reader is not read_sitemap or b"<rss" not in HUGE[name]  # handed to read_feed
    ],
)
def test_the_worst_megabyte_is_read_in_seconds(
    reader: Callable[[bytes, str], Listing], name: str
) -> None:
    started = time.process_time()
    read(reader, HUGE[name])
    assert time.process_time() - started < 6
