"""Sitemaps, indexes and text lists become Listings."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.discovery.links import ListingError
from crawler.discovery.sitemap import MOST_LINKS, read_sitemap

URL = "https://www.post.example/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://www.post.example/a-1</loc><lastmod>2026-11-23T12:00:00Z</lastmod>
<image:image><image:loc>https://img.example/1.jpg</image:loc><image:title>No</image:title></image:image>
<news:news><news:publication><news:name>Post</news:name><news:language>de</news:language>
</news:publication><news:publication_date>2026-11-23T10:00:00+01:00</news:publication_date>
<news:title>Rat &amp; Bürger</news:title><news:keywords>Haushalt, Rat</news:keywords></news:news>
</url></urlset>""".encode()


def urlset(*addresses: str) -> bytes:
    urls = "".join(f"<url><loc>{a}</loc></url>" for a in addresses)
    return f"<urlset>{urls}</urlset>".encode()


def test_the_news_extension_gives_headline_date_language_and_keywords() -> None:
    (link,) = read_sitemap(NEWS, URL).links
    assert link.url == "https://www.post.example/a-1"
    assert link.headline == "Rat & Bürger"
    assert link.date_published == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert link.date_published_raw == "2026-11-23T10:00:00+01:00"
    assert (link.language, link.keywords) == ("de", ("Haushalt", "Rat"))


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(NEWS),
        gzip.compress(NEWS[:100]) + gzip.compress(NEWS[100:]),
        NEWS.replace(b"<news:title>", b"<news:title>&nbsp;"),
        NEWS.replace(b"</urlset>", b""),
        b"\xef\xbb\xbf" + NEWS,
        NEWS.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        NEWS.decode().replace("UTF-8", "windows-1252").encode("cp1252"),
        NEWS.replace(b"UTF-8", b"no-such-encoding"),
        b"<?xml-stylesheet href='http://10.0.0.1/x'?>" + NEWS.split(b"?>", 1)[1],
    ],
)
def test_packing_and_damage_do_not_matter(body: bytes) -> None:
    (link,) = read_sitemap(body, URL).links
    assert link.headline == "Rat & Bürger"


def test_a_sitemap_that_breaks_off_yields_what_came_before() -> None:
    body = gzip.compress(urlset(*(f"https://www.post.example/{n}-{n * 7919}" for n in range(3000))))
    assert 0 < len(read_sitemap(body[: len(body) // 2], URL).links) < 3000


def test_only_addresses_of_the_site_and_of_named_hosts_are_kept() -> None:
    body = urlset(
        "https://www.post.example/a",
        "https://news.post.example/b",
        "https://adverts.example/c",
        "https://paper.example/d",
        "//127.0.0.1/e",
        "file:///etc/passwd",
        "javascript:1",
        "http://10.0.0.1/x",
        "https://www.post.example:8443/f",
    )
    links = read_sitemap(body, URL, hosts=["www.paper.example"]).links
    assert [x.url for x in links] == [
        "https://www.post.example/a",
        "https://news.post.example/b",
        "https://paper.example/d",
    ]


def test_the_children_of_an_index_come_most_promising_first() -> None:
    children = [
        ("sitemap-video-2026.xml", "2026-11-23"),
        ("sitemap-2024-01.xml", "2024-01-31"),
        ("sitemap-2026-10.xml", ""),
        ("sitemap-2026-11.xml", ""),
        ("sitemap-2025-12.xml", "2025-12-31"),
        ("sitemap-news.xml", ""),
    ]
    entries = "".join(
        f"<sitemap><loc>https://www.post.example/{name}</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in children
    )
    listing = read_sitemap(f"<sitemapindex>{entries}</sitemapindex>".encode(), URL)
    assert [c.rsplit("/", 1)[1] for c in listing.child_sitemaps] == [
        "sitemap-news.xml",
        "sitemap-2025-12.xml",
        "sitemap-2024-01.xml",
        "sitemap-2026-11.xml",
        "sitemap-2026-10.xml",
        "sitemap-video-2026.xml",
    ]
    assert listing.links == ()


def test_of_too_many_addresses_the_latest_are_kept() -> None:
    old = "".join(
        f"<url><loc>https://www.post.example/{n}</loc><lastmod>2020-01-01</lastmod></url>"
        for n in range(MOST_LINKS + 100)
    )
    new = "<url><loc>https://www.post.example/new</loc><lastmod>2026-11-23</lastmod></url>"
    links = read_sitemap(f"<urlset>{old}{new}</urlset>".encode(), URL).links
    assert len(links) == MOST_LINKS
    assert links[-1].url == "https://www.post.example/new"


def test_a_list_of_addresses_is_a_sitemap() -> None:
    body = b"\xef\xbb\xbfhttps://www.post.example/a\r\nhttps://www.post.example/b\r\n"
    assert len(read_sitemap(body, URL).links) == 2


def test_a_feed_in_the_place_of_a_sitemap_is_read() -> None:
    body = b"<rss><channel><item><link>https://www.post.example/a</link></item></channel></rss>"
    assert len(read_sitemap(body, URL).links) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Not found</body></html>", b"Not found", b"\x1f\x8bbroken", b"{}"]
)
def test_a_body_that_is_no_sitemap_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ListingError, match="instead of a sitemap"):
        read_sitemap(body, URL)


def test_entities_are_never_expanded() -> None:
    doctype = b"<!DOCTYPE urlset [<!ENTITY a 'lolz'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    body = doctype + urlset("https://www.post.example/&amp;x", "https://www.post.example/&f;&a;")
    listing = read_sitemap(body, URL)
    assert all("lolz" not in x.url and "root:" not in x.url for x in listing.links)
