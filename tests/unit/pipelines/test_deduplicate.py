"""Which addresses an item has, and which items of one run are one article."""

from __future__ import annotations

import pytest
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.utils.test import get_crawler

from pipelines.deduplicate import (
    DeduplicatePipeline,
    hinted_addresses,
    is_moved_address,
    own_addresses,
)
from pipelines.url_key import url_key
from tests.examples import SITE, make_item


def test_followed_addresses_are_ours_the_final_one_first() -> None:
    item = make_item("/2026/levy-vote-1", requested_url=f"{SITE}/r/go-4711")

    assert list(own_addresses(item).values()) == [
        (f"{SITE}/2026/levy-vote-1", "final"),
        (f"{SITE}/r/go-4711", "listed"),
    ]


def test_one_address_in_two_spellings_is_one() -> None:
    item = make_item("/2026/levy-vote-1", requested_url=f"{SITE}/2026/levy-vote-1?utm_source=rss")

    assert list(own_addresses(item)) == [url_key(item.url)]


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        (f"{SITE}/2026/levy-vote-final-1", True),
        ("HTTPS://VALLEYPOST.EXAMPLE/2026/levy-vote-final-1", True),
        (f"{SITE}/", False),
        (f"{SITE}/politics/", False),
        ("https://courier.example/2026/levy-vote-final-1", False),
        ("https://valleypost.example.evil.example/2026/levy-vote-1", False),
        ("ftp://valleypost.example/2026/levy-vote-1", False),
        ("data:text/html,hello", False),
        ("http://[::1", False),
        (f"{SITE}:port/2026/levy-vote-1", False),
        ("https://" + "a" * 300 + ".example/2026/levy-vote-1", False),
        ("https://xn--\u00fc/2026/levy-vote-1", False),
        (None, False),
    ],
)
def test_a_hint_counts_only_within_the_site(hint: str | None, kept: bool) -> None:
    found = hinted_addresses(make_item(canonical_url=hint))

    assert [role for _, role in found.values()] == (["canonical"] if kept else [])


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("/politics/levy-4711234", "/2026/harbour-levy-4711234.html", True),
        ("/2026/council-puts-off-levy", "/2026/council-puts-off-levy-again.html", True),
        ("/2026/live", "/2026/live-blog", False),
        ("/2026/council-puts-off-levy", "/2026/senate-agrees-on-levy-now", False),
        ("/a-20261", "/b-20262", False),
    ],
)
def test_a_moved_article_keeps_its_id_or_its_slug(before: str, after: str, moved: bool) -> None:
    assert is_moved_address(SITE + before, SITE + after) is moved


# ---------------------------------------------------------------- one run without a database


def test_the_same_address_twice_in_a_run_is_dropped() -> None:
    pipeline = DeduplicatePipeline()
    pipeline.process_item(make_item("/2026/levy-vote-1"))

    with pytest.raises(DropItem, match="seen in this run"):
        pipeline.process_item(make_item("/2026/levy-vote-1?utm_medium=feed", headline="Other"))


def test_the_same_text_twice_in_a_run_is_dropped() -> None:
    pipeline = DeduplicatePipeline()
    pipeline.process_item(make_item("/2026/levy-vote-1"))

    with pytest.raises(DropItem, match="same text seen in this run"):
        pipeline.process_item(make_item("/2026/levy-vote-2"))


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Another headline"},
        {"source": "harbour-courier"},
        {"article_body": "Too short to tell."},
    ],
)
def test_what_may_be_another_article_passes(change: dict[str, str]) -> None:
    pipeline = DeduplicatePipeline()
    first = make_item("/2026/levy-vote-1")
    if "article_body" in change:
        first.article_body = change["article_body"]
    pipeline.process_item(first)

    second = make_item("/2026/levy-vote-2", **change)

    assert pipeline.process_item(second) is second


def test_with_a_database_the_store_decides() -> None:
    """A dropped item would cost its address, and another request the next day."""
    with_database = get_crawler(settings_dict={"FIRSTSEEN_DATABASE_URL": "sqlite:///x.db"})

    with pytest.raises(NotConfigured):
        DeduplicatePipeline.from_crawler(with_database)
    assert DeduplicatePipeline.from_crawler(get_crawler())
