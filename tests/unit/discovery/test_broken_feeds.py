"""Feeds that are broken, packed or followed by rubbish list every entry that can be read."""

from __future__ import annotations

import gzip
import json

import pytest

from crawler.discovery.feed import read_feed
from tests.unit.discovery.test_long_listings import feed, item, numbers

URL = "https://valleypost.example/feed"
ALL = list(range(30))
OTHERS = [n for n in ALL if n != 3]


def json_feed(**more: object) -> str:
    items = [
        {"id": f"{n}", "url": f"https://valleypost.example/politics/{n}.html", "title": f"Levy {n}"}
        for n in ALL
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items} | more)


@pytest.mark.parametrize(
    ("text", "found", "cut"),
    [
        (json_feed().replace("Levy 3", "Le\x01\nvy 3"), ALL, ""),
        (json_feed()[:-2] + ",]}", ALL, ""),
        (json_feed() + "<!-- cached -->", ALL, ""),
        (json_feed().replace('"Levy 3"', '"Levy "3"'), ALL, ""),  # its address can be picked out
        (json_feed().replace('"3"', "3-").replace("/3.html", '/3"x'), OTHERS, "1 entries could"),
        (json_feed()[: json_feed().index("/12.html")], ALL[:12], "it breaks off; 12 entries read"),
        (json_feed()[: json_feed().index('{"id": "12"')], ALL[:12], "it breaks off"),
        (json_feed()[:-2], ALL, "it breaks off; 30 entries read"),
    ],
)
def test_a_broken_json_feed_lists_what_is_whole(text: str, found: list[int], cut: str) -> None:
    listing = read_feed(text.encode(), URL)

    assert numbers(listing) == found
    assert listing.cut.startswith(cut)
    assert bool(listing.cut) == bool(cut)


def test_what_stands_before_broken_items_is_read() -> None:
    text = '{"title": "Valley Post", ' + json_feed()[1:-2] + ",]}"

    assert read_feed(text.encode(), URL).title == "Valley Post"


@pytest.mark.parametrize(
    "rubbish", ["<script>count()</script></body></html>", "\n<br /><b>Notice</b>: x", "</p>"]
)
def test_what_follows_a_whole_feed_does_not_matter(rubbish: str) -> None:
    listing = read_feed(feed(*(item(n) for n in ALL)) + rubbish.encode(), URL)

    assert (numbers(listing), listing.cut) == (ALL, "")


@pytest.mark.parametrize("text", ["Short.", "The council met. " * 500])
def test_cdata_that_nobody_closed_costs_no_entry(text: str) -> None:
    entries = [item(n, f"<![CDATA[{text}]]>") for n in ALL]
    entries[3] = entries[3].replace("]]>", "")
    entries[7] = item(7, "<![CDATA[<item><link>https://x.example/</link></item><item>]]>")

    assert numbers(read_feed(feed(*entries), URL)) == ALL


def test_a_feed_in_capitals_is_read_to_its_end() -> None:
    body = feed(*(item(n, "The council met. " * 900) for n in ALL)).decode()
    for tag in ("rss", "channel", "item", "title", "link", "description", "pubDate"):
        body = body.replace(f"<{tag}>", f"<{tag.upper()}>").replace(
            f"</{tag}>", f"</{tag.upper()}>"
        )

    listing = read_feed(body.encode(), URL)

    assert (numbers(listing), listing.cut) == (ALL, "")


def test_a_feed_in_a_packed_file_is_read() -> None:
    packed = gzip.compress(feed(*(item(n) for n in ALL)))

    assert numbers(read_feed(packed, URL)) == ALL
    assert read_feed(packed[:-40], URL).cut.startswith("it breaks off")
