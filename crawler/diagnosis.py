"""What a look at a publisher's site brought to light: values, and how they are scored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.catalogue import SectionKind
from crawler.discovery.feed import read_feed
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.section_front import read_section_front
from crawler.discovery.sitemap import read_sitemap
from crawler.spiders.page import FetchedPage
from crawler.spiders.render_choice import is_empty_front

FEWEST_LINKS = 3  # less is a misreading, or an empty feed
_FRESH = timedelta(days=3)
# A feed says what it lists and when; a sitemap says less; a front says nothing in so many words.
_WORTH: dict[SectionKind, float] = {"feed": 3.0, "sitemap": 2.5, "front": 2.0}


@dataclass(frozen=True, slots=True)
class Finding:
    """One section that could be watched, as it showed itself.

    ``readable`` says whether one of its articles could be read, None when none was tried. ``key``
    names the section of an existing source file that it is.
    """

    url: str
    kind: SectionKind
    name: str = ""
    about_politics: bool = False
    outcome: str = "ok"
    detail: str = ""
    links: tuple[ArticleLink, ...] = ()
    newest_at: datetime | None = None
    hub_url: str | None = None
    children: tuple[str, ...] = ()  # of a sitemap index, the most promising first
    needs_rendering: bool = False
    readable: bool | None = None
    key: str = ""

    @property
    def works(self) -> bool:
        """Whether the section lists articles."""
        return self.outcome == "ok" and len(self.links) >= FEWEST_LINKS and not self.needs_rendering


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything found out about a site. ``wall`` is what stands before its pages, "" if nothing.

    ``findings`` are the best first.
    """

    asked: str
    home_url: str
    name: str = ""
    country: str = ""
    language: str = ""
    robots: str = ""
    crawl_delay: float = 0.0
    wall: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> Finding | None:
        """The section to watch, None when nothing is good enough.

        Politics comes first, and a browser is better than a front that lists everything.
        """
        plain = [f for f in self.findings if f.works and f.readable is not False]
        drawn = [f for f in self.findings if f.needs_rendering]
        choices = (
            [f for f in plain if f.about_politics],
            [f for f in plain if f.kind != "front"],
            [f for f in drawn if f.about_politics],
            plain,
            drawn,
        )
        return next((f for choice in choices for f in choice), None)


def read_finding(
    page: FetchedPage, kind: SectionKind, *, name: str = "", about_politics: bool = False
) -> Finding:
    """Return what a fetched page is worth as a section of that kind."""
    found = Finding(page.url, kind, name, about_politics, page.outcome, page.detail)
    if page.outcome != "ok":
        return found
    try:
        listing = _read(page, kind)
    except ListingError as error:
        return replace(found, outcome="not-a-listing", detail=str(error))
    dates = [link.date_published for link in listing.links if link.date_published]
    is_empty = kind == "front" and is_empty_front(listing, page.body, rendered=False)
    return replace(
        found,
        name=name or (listing.title if kind == "feed" else "") or "",
        links=listing.links,
        newest_at=max(dates, default=None),
        hub_url=listing.hub_url,
        children=listing.child_sitemaps,
        needs_rendering=is_empty and b"<script" in page.body.lower(),
    )


def _read(page: FetchedPage, kind: SectionKind) -> Listing:
    if kind == "feed":
        return read_feed(page.body, page.url, content_type=page.content_type)
    if kind == "sitemap":
        return read_sitemap(page.body, page.url, content_type=page.content_type)
    return read_section_front(page.body, page.url, content_type=page.content_type)


def score(found: Finding, *, now: datetime) -> float:
    """Return how good a section is to watch, 0 to 10; one that lists nothing has 0."""
    if found.needs_rendering:
        return 1.0 + 2.0 * found.about_politics
    if not found.works:
        return 0.0
    points = _WORTH[found.kind] + 3.0 * found.about_politics + min(len(found.links), 20) / 20
    if found.newest_at is not None and now - found.newest_at < _FRESH:
        points += 0.5
    points += 0.5 * (found.hub_url is not None)
    points += {True: 2.0, False: -3.0, None: 0.0}[found.readable]
    return round(max(points, 0.0), 2)


def ranked(findings: list[Finding], *, now: datetime) -> tuple[Finding, ...]:
    """Return the findings, the best first; the shorter address wins a tie."""
    return tuple(sorted(findings, key=lambda f: (-score(f, now=now), len(f.url), f.url)))
