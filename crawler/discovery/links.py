"""ArticleLink and Listing: what one look at a section yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """One article address found in a section, with what the section says about it.

    ``url`` is absolute http(s). ``date_published`` is aware UTC, or None when the section makes no
    claim or an unreadable one; ``date_published_raw`` keeps the claim. ``position`` counts from 0
    in the order of the listing.
    """

    url: str
    headline: str | None = None
    description: str | None = None
    date_published: datetime | None = None
    date_published_raw: str | None = None
    guid: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything one response of a section says.

    ``child_sitemaps`` are filled for a sitemap index, the most promising first; those of
    ``past_sitemaps`` are, by name and date, of a time long over. ``cut`` says in words what our
    limits left out, "" when nothing; ``cut_at`` is the position before which it stood, None when
    it has no place. ``off_site`` are links that a sitemap has to another site, ``others`` what a
    front links to that does not look like an article.
    ``update_interval`` is the publisher's own hint (ttl, sy:updatePeriod), None when absent.
    ``hub_url`` and ``self_url`` are the WebSub links of a feed.
    """

    links: tuple[ArticleLink, ...]
    child_sitemaps: tuple[str, ...] = ()
    update_interval: timedelta | None = None
    hub_url: str | None = None
    self_url: str | None = None
    title: str | None = None
    cut: str = ""
    cut_at: int | None = None
    off_site: tuple[ArticleLink, ...] = ()
    others: tuple[ArticleLink, ...] = ()
    past_sitemaps: frozenset[str] = frozenset()


class ListingError(ValueError):
    """The bytes are not a listing of the expected kind; the message says what they are instead."""
