"""From a fetched article page to the item that is kept, or the reason why there is none."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.catalogue import SectionDefinition, SourceDefinition
from pipelines.items import ArticleItem, ClaimedDate, Evidence
from pipelines.looks import LinkToFetch
from pipelines.url_key import same_site


def complete_item(
    item: ArticleItem,
    source: SourceDefinition,
    section: SectionDefinition,
    found: LinkToFetch,
    *,
    fetched_at: datetime,
) -> ArticleItem:
    """Add to a read article what the visit and the listing know of it."""
    item.source, item.section = source.slug, section.key
    item.requested_url, item.listed_key = found.link.url, found.link.url_key
    item.listed_headline = found.link.headline
    item.first_seen_at, item.not_seen_at = found.first_seen_at, found.not_seen_at
    item.baseline, item.arrival, item.visit_id = found.baseline, found.arrival, found.visit_id
    item.fetched_at, item.guid = fetched_at, found.link.guid
    if item.date_published is None and found.link.date_published is not None:
        evidence: Evidence = "sitemap" if section.kind == "sitemap" else "feed"
        item.date_published = ClaimedDate(
            found.link.date_published,
            "second",
            evidence,
            found.link.date_published_raw or "",
        )
        item.evidence["date_published"] = evidence
    return item


def is_own_page(
    url: str, source: SourceDefinition, section: SectionDefinition | None = None
) -> bool:
    """Whether an address belongs to its publisher: its site, its section's, or a listed host.

    A feed may live elsewhere (a feed service) while its articles are at home.
    """
    hosts = {*source.hosts, *(section.hosts if section else ())}
    homes = [source.home_url, *([section.url] if section else [])]
    if any(same_site(url, home) for home in homes):
        return True
    host = (urlsplit(url).hostname or "").lower()
    return any(host == own or host.endswith("." + own) for own in hosts)


def content_type_of(response: Response) -> str | None:
    """Return the Content-Type header, None when there is none."""
    raw = response.headers.get("Content-Type")
    return raw.decode("latin-1") if raw else None
