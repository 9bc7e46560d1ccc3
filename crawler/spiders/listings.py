"""Reads one response of a section by the section's kind, and keeps the links it may list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

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
_MOST_HOSTS_NAMED = 3
#: What a filter's name means, after the number of entries it left out.
_FILTER_WORDS = {
    "include": "not matched by `include`",
    "exclude": "matched by `exclude`",
    "host": "on another host",
    "judged": "not like an article",
}


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
    """Return all that a listing lists, with its keys, and with the filter that leaves it out.

    A link to another site is an advertisement or a recommendation, unless its host is listed.
    In the listing's order; the positions of a sitemap's links are those of their dates, the newest
    first. ``start`` is the first position: a sitemap index lists in several parts.
    """
    links = [(link, _left_out_by(source, section, link.url)) for link in listing.links]
    links += [(link, "host") for link in listing.off_site]
    links += [(link, "judged") for link in listing.others]
    places = _places(section, [link for link, _ in links])
    return [
        _listed(link, left_out, start + place)
        for place, (link, left_out) in zip(places, links, strict=True)
    ]


def _places(section: SectionDefinition, links: Sequence[ArticleLink]) -> list[int]:
    """Feeds and fronts have an order that means something; a sitemap is fetched newest first."""
    if section.kind != "sitemap":
        return list(range(len(links)))
    dates = [(link.date_published or _LONG_AGO).timestamp() for link in links]
    newest_first = sorted(range(len(links)), key=lambda n: -dates[n])
    return [place for _, place in sorted(zip(newest_first, range(len(links)), strict=True))]


def _left_out_by(source: SourceDefinition, section: SectionDefinition, url: str) -> str | None:
    if section.include and not any(re.search(pattern, url) for pattern in section.include):
        return "include"
    if any(re.search(pattern, url) for pattern in section.exclude):
        return "exclude"
    return None if is_own_page(url, source, section) else "host"


def _listed(link: ArticleLink, left_out: str | None, position: int) -> ListedLink:
    return ListedLink(
        url=link.url,
        url_key=url_key(link.url),
        position=position,
        headline=link.headline,
        guid=link.guid,
        date_published=link.date_published,
        date_published_raw=link.date_published_raw,
        left_out=left_out,
    )


def describe_left_out(left_out: Iterable[ListedLink]) -> str:
    """Return which filters left out how many entries, in words; the hosts are named."""
    links = [link for link in left_out if link.left_out != "judged"]
    counts = Counter(link.left_out or "" for link in links)
    parts = []
    for name, count in counts.most_common():
        told = f"{count} {_FILTER_WORDS.get(name, name)}"
        parts.append(f"{told}: {', '.join(other_hosts(links))}" if name == "host" else told)
    return ", ".join(parts)


def other_hosts(left_out: Iterable[ListedLink]) -> list[str]:
    """Return the hosts of entries on other sites, the commonest first, at most three."""
    hosts = Counter(
        urlsplit(link.url).netloc.lower() for link in left_out if link.left_out == "host"
    )
    return [host for host, _ in hosts.most_common(_MOST_HOSTS_NAMED)]
