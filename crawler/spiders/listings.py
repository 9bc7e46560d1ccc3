"""Reads one response of a section by the section's kind, and keeps the links it may list."""

from __future__ import annotations

import re

from scrapy.http import Response

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.discovery.feed import read_feed
from crawler.discovery.links import Listing
from crawler.discovery.section_front import read_section_front
from crawler.discovery.sitemap import read_sitemap
from pipelines.looks import ListedLink
from pipelines.url_key import url_key


def read_listing(
    source: SourceDefinition, section: SectionDefinition, response: Response
) -> Listing:
    """Return what one response lists. Raises ListingError when it is not a listing of its kind."""
    raw = response.headers.get("Content-Type")
    content_type = raw.decode("latin-1") if raw else None
    hosts = {*source.hosts, *section.hosts}
    if section.kind == "feed":
        return read_feed(response.body, response.url, content_type=content_type)
    if section.kind == "sitemap":
        return read_sitemap(response.body, response.url, content_type=content_type, hosts=hosts)
    return read_section_front(response.body, response.url, content_type=content_type, hosts=hosts)


def listed_links(section: SectionDefinition, listing: Listing, *, start: int) -> list[ListedLink]:
    """Return a listing's links that the section's patterns and hosts let through, with their keys.

    ``start`` is the position of the first link: a sitemap index lists in several parts.
    """
    found: list[ListedLink] = []
    for link in listing.links:
        if not _is_wanted(section, link.url):
            continue
        found.append(
            ListedLink(
                url=link.url,
                url_key=url_key(link.url),
                position=start + len(found),
                headline=link.headline,
                guid=link.guid,
                date_published=link.date_published,
                date_published_raw=link.date_published_raw,
            )
        )
    return found


def _is_wanted(section: SectionDefinition, url: str) -> bool:
    if section.include and not any(re.search(pattern, url) for pattern in section.include):
        return False
    return not any(re.search(pattern, url) for pattern in section.exclude)
