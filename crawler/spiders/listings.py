"""Reads one response of a section by the section's kind, and keeps the links it may list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from scrapy.http import Response

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.discovery.address_shapes import AddressShapes
from crawler.discovery.feed import read_feed
from crawler.discovery.links import ArticleLink, Listing
from crawler.discovery.section_front import read_section_front
from crawler.discovery.sitemap import read_sitemap
from crawler.spiders.article_pages import content_type_of, is_own_page
from pipelines.looks import ListedLink
from pipelines.url_key import url_key

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read_listing(
    source: SourceDefinition,
    section: SectionDefinition,
    response: Response,
    shapes: AddressShapes | None = None,
) -> Listing:
    """Return what one response lists. Raises ListingError when it is not a listing of its kind.

    ``shapes`` are those of the source's known article addresses: they help to read a front.
    """
    content_type = content_type_of(response)
    hosts = {*source.hosts, *section.hosts}
    if section.kind == "feed":
        return read_feed(response.body, response.url, content_type=content_type)
    if section.kind == "sitemap":
        return read_sitemap(response.body, response.url, content_type=content_type, hosts=hosts)
    return read_section_front(
        response.body, response.url, content_type=content_type, hosts=hosts, known_shapes=shapes
    )


def listed_links(
    source: SourceDefinition, section: SectionDefinition, listing: Listing, *, start: int
) -> list[ListedLink]:
    """Return a listing's own links that the section's patterns let through, with their keys.

    A link to another site is an advertisement or a recommendation, unless its host is listed.
    ``start`` is the position of the first link: a sitemap index lists in several parts.
    """
    wanted = [
        link
        for link in _in_order(section, listing.links)
        if _is_wanted(section, link.url) and is_own_page(link.url, source, section)
    ]
    return [
        ListedLink(
            url=link.url,
            url_key=url_key(link.url),
            position=start + position,
            headline=link.headline,
            guid=link.guid,
            date_published=link.date_published,
            date_published_raw=link.date_published_raw,
        )
        for position, link in enumerate(wanted)
    ]


def _in_order(section: SectionDefinition, links: Iterable[ArticleLink]) -> list[ArticleLink]:
    """Feeds and fronts have an order that means something; a sitemap is read newest first."""
    if section.kind != "sitemap":
        return list(links)
    return sorted(links, key=lambda link: link.date_published or _LONG_AGO, reverse=True)


def _is_wanted(section: SectionDefinition, url: str) -> bool:
    if section.include and not any(re.search(pattern, url) for pattern in section.include):
        return False
    return not any(re.search(pattern, url) for pattern in section.exclude)
