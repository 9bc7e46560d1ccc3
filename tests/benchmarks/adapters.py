"""Thin adapters: the product's functions under the names that scorers of test data call."""

from __future__ import annotations


def url_key(url: str) -> str:
    """The look-up key of an address."""
    from pipelines.url_key import url_key as key

    return key(url)


def section_links(html: bytes, url: str) -> list[str]:
    """Return the article addresses of a section front or home page."""
    from crawler.discovery.section_front import read_section_front

    return [link.url for link in read_section_front(html, url).links]
