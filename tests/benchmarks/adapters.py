"""Thin adapters: the product's functions under the names that scorers of test data call."""

from __future__ import annotations

from typing import Any


def url_key(url: str) -> str:
    """The look-up key of an address."""
    from pipelines.url_key import url_key as key

    return key(url)


def section_links(html: bytes, url: str) -> list[str]:
    """Return the article addresses of a section front or home page."""
    from crawler.discovery.section_front import read_section_front

    return [link.url for link in read_section_front(html, url).links]


def copy_groups(articles: list[dict[str, Any]]) -> dict[str, int]:
    """A label for each article's group of copies; fed in order of ``seen``, one at a time."""
    from pipelines.copies import find_copy
    from pipelines.fingerprint import fingerprint
    from tests.benchmarks.copies_index import MemoryCopyIndex

    index = MemoryCopyIndex()
    labels: dict[str, int] = {}
    for number, article in enumerate(sorted(articles, key=lambda row: str(row["seen"]))):
        text = fingerprint(article["text"] or article["title"])
        match = find_copy(text, index)
        group = match.group_id if match is not None and match.kind == "copy" else number
        index.add(number, group, text)
        labels[article["id"]] = group
    return labels


def extract(html: bytes, url: str) -> dict[str, Any]:
    """Every field a page shows, keys as in the docstring of ``pages/score.py``.

    The scorer's pages are all articles, so the question of the page's kind is not asked.
    """
    from crawler.extraction.article import read_fields
    from crawler.extraction.dates import as_stated
    from crawler.extraction.page import parse_page

    page = parse_page(html, url)
    if page is None:
        return {}
    item = read_fields(page)[0]
    claim = item.date_published
    published = None
    if claim is not None:
        stated = as_stated(claim, item.in_language)
        published = stated.date().isoformat() if claim.precision == "day" else stated.isoformat()
    return {
        "title": item.headline,
        "authors": item.authors,
        "published_at": published,
        "text": item.article_body,
        "language": item.in_language,
        "images": [{"url": i.url, "caption": i.caption, "credit": i.credit} for i in item.images],
    }


def address_is_article(url: str) -> bool:
    """Tell from an address alone, absolute or relative, whether it looks like an article."""
    from crawler.discovery.article_address import address_is_article as is_article

    return is_article(url)
