"""ArticleItem: what was read from one article page, and the contract between the two halves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

#: Where a field's value was read. "rule" is a dated site rule of the source's TOML file.
Evidence = Literal[
    "json-ld", "meta", "microdata", "visible", "rule", "feed", "sitemap", "front", "url"
]
#: What an address is that a section lists for the first time (``pipelines/evidence.py``).
Arrival = Literal["new", "baseline", "older"]
DatePrecision = Literal["second", "minute", "day"]

#: Among ``cut_fields``: the page itself was not shown whole, so any field may lack something.
PAGE_IN_PART = "page"


@dataclass(frozen=True, slots=True)
class ClaimedDate:
    """A date as the publisher states it; never the time at which we looked.

    ``at`` is aware UTC. Where the publisher gave no zone, ``zone_known`` is False and ``at`` takes
    the stated clock time as UTC. ``raw`` is the untouched string.
    """

    at: datetime
    precision: DatePrecision
    source: Evidence
    raw: str
    zone_known: bool = True


@dataclass(frozen=True, slots=True)
class ArticleImage:
    """One picture of an article; caption and credit are plain text or None."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(slots=True)
class ArticleItem:
    """One article as read from its page. Fields are named after schema.org's NewsArticle.

    Text is plain text; paragraphs of ``article_body`` are separated by one newline.
    None (or an empty list) means that the page does not say.
    """

    url: str  # the address the page was finally read from
    headline: str
    article_body: str
    source: str = ""  # slug of the source; the spider sets it
    requested_url: str | None = None  # the listed address, before redirects
    listed_key: str | None = None  # the key under which the listing's address is kept
    listed_headline: str | None = None  # what the listing promised to stand there
    canonical_url: str | None = None  # the page's own claim: a hint, never an identity
    other_urls: list[str] = field(default_factory=list)  # amphtml, og:url, shortlink: hints
    alternative_headline: str | None = None
    description: str | None = None
    byline: str | None = None  # as printed, "By Jane Doe and John Roe"
    authors: list[str] = field(default_factory=list)  # people only
    dateline: str | None = None  # "ISTANBUL", as printed
    wire_credit: list[str] = field(default_factory=list)  # agencies, normalised: "Reuters", "AFP"
    article_section: str | None = None
    keywords: list[str] = field(default_factory=list)
    in_language: str | None = None  # BCP 47
    images: list[ArticleImage] = field(default_factory=list)  # the lead image first
    is_accessible_for_free: bool | None = None
    robots_directives: list[str] = field(default_factory=list)  # "noarchive", "noai", ...
    tdm_reserved: bool | None = None  # TDM Reservation Protocol, tdm-reservation
    corrections: list[str] = field(default_factory=list)
    date_published: ClaimedDate | None = None
    date_modified: ClaimedDate | None = None
    evidence: dict[str, Evidence] = field(default_factory=dict)  # field name -> where it was read
    parser_version: str = ""
    # Text blocks of the page that reading left out of the body; for comparing, never kept.
    lines_beside: list[str] = field(default_factory=list)
    page_key: str | None = None  # of headline and body read without site memory: equal, no edit
    # What the visit knows; the spider sets these.
    section: str = ""  # key of the section that listed the article first
    first_seen_at: datetime | None = None  # the response that first listed the article arrived
    not_seen_at: datetime | None = None  # the whole look before, which did not list it
    fetched_at: datetime | None = None  # the article page arrived
    baseline: bool = False  # found at a section's first look
    arrival: Arrival = "new"  # only what is new is told
    guid: str | None = None
    article_id: int | None = None  # a further look at this stored article; None: newly listed
    visit_id: int | None = None  # the visit that led to this article; None without a database
    cut_fields: list[str] = field(default_factory=list)  # fields shortened to their cap
    store_outcome: str = ""  # what became of it in the store
