"""Sections proposed from a publisher's page."""

from __future__ import annotations

import pytest

from crawler.discovery.candidates import discover_sections, politics_score

HOME = """<html><head>
<link rel="alternate" type="application/rss+xml" title="Post" href="/rss.xml">
<link rel="alternate" type="application/rss+xml" title="Post: Politics" href="/politics/rss.xml">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/json+oembed" href="/oembed?u=1">
<link rel="alternate" hreflang="de" href="/de/"></head><body><nav>
<a href="/politics">Politics</a><a href="/sport">Sport</a><a href="/parliament">Parliament</a>
</nav><a href="/politics/mayor-resigns-after-long-vote-4711">Mayor resigns in politics row</a>
<a href="/topic/politics">Politics topic</a><a href="/politica-de-cookies">Política de cookies</a>
</body></html>"""


def test_the_most_promising_sections_come_first() -> None:
    found = discover_sections(HOME, "https://post.example/")
    assert [(c.url.removeprefix("https://post.example"), c.kind) for c in found] == [
        ("/politics/rss.xml", "feed"),
        ("/politics", "front"),
        ("/rss.xml", "feed"),
        ("/parliament", "front"),
        ("/comments/feed/", "feed"),
    ]
    assert [c.about_politics for c in found[:3]] == [True, True, False]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/politik", ""),
        ("/politique/", ""),
        ("/x/9", "Política"),
        ("/polityka", ""),
        ("/siyaset", ""),
        ("/12", "سياسة"),
        ("/7", "Политика"),
        ("/8", "政治"),
        ("/9", "정치"),
        ("/10", "राजनीति"),
        ("/11", "Πολιτική"),
        ("/uk-politics", ""),
    ],
)
def test_politics_is_known_in_many_languages(address: str, name: str) -> None:
    assert politics_score(f"https://post.example{address}", name) == 1.0


def test_a_page_that_is_none_proposes_nothing() -> None:
    assert discover_sections(b"", "https://post.example/") == ()
