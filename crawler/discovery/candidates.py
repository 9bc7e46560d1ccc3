"""Proposes sections to watch, from a publisher's home page or any section page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crawler.catalogue import SectionKind
from crawler.discovery.addresses import absolute_address, is_same_site
from crawler.discovery.article_address import address_score, is_other_kind
from crawler.discovery.front_links import Candidate, collect_links
from crawler.discovery.links import ListingError
from crawler.discovery.plain_text import one_line
from crawler.discovery.section_front import parse_page
from crawler.discovery.section_words import NEAR_POLITICS, POLITICS

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_CANDIDATES = 50
_FEED_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json", re.I)
_FEED_ADDRESS = re.compile(
    r"(?:/|\.|\b)(?:rss|atom|feeds?|rdf)(?:\.xml|\.php|\.aspx?|\.json|/?)(?:/|\?|\Z)|\.(?:rss|rdf|atom)\Z",
    re.IGNORECASE,
)
_DULL_FEED = re.compile(
    r"comment|kommentar|commentaire|podcast|video|oembed|wp-json", re.IGNORECASE
)
# "Política de cookies": the word for politics is the word for policy.
_POLICY = frozenset(
    ("cookie", "cookies", "privacy", "privacidad", "privacidade", "confidentialité")
)
_BREAK = re.compile(r"[\s/_.,;:|&+()\"'-]+")


@dataclass(frozen=True, slots=True)
class SectionCandidate:
    """A section that may be worth watching; ``score`` orders candidates, the best have 1 or more.

    ``about_politics`` is True when its address or name says politics.
    """

    url: str
    kind: SectionKind
    name: str
    score: float
    about_politics: bool


def discover_sections(html: bytes | str, url: str) -> tuple[SectionCandidate, ...]:
    """Return the feeds and politics sections that a page points to, the most promising first.

    Looks at alternate links, links to feeds and menus; knows politics in some fifty languages.
    A page that is no HTML yields nothing. What it proposes still has to be fetched and checked.
    """
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    try:
        root = parse_page(body, "text/html; charset=utf-8" if isinstance(html, str) else None)
    except ListingError:
        return ()
    best: dict[str, SectionCandidate] = {}
    for found in (*_alternate_feeds(root, url), *_linked(root, url)):
        known = best.get(found.url)
        if known is None or found.score > known.score:
            best[found.url] = found
    ranked = sorted(best.values(), key=lambda c: (-c.score, c.url))
    return tuple(ranked[:MOST_CANDIDATES])


def politics_score(address: str, name: str) -> float:
    """Return how clearly a section's address or name says politics: 1, 0.5 (nearly), 0."""
    path = unquote(urlsplit(address).path).lower()
    host = (urlsplit(address).hostname or "").split(".")[0]
    segments = [s for s in path.split("/") if s]
    words = {host, *segments[-2:], *(w for s in segments[-2:] for w in _BREAK.split(s))}
    name = name.strip().lower()
    words |= {name, name.replace(" ", "-"), *_BREAK.split(name)} if len(name) <= 40 else set()
    if words & _POLICY:
        return 0.0
    if words & POLITICS:
        return 1.0
    return 0.5 if words & NEAR_POLITICS else 0.0


def _alternate_feeds(root: _Element, url: str) -> Iterator[SectionCandidate]:
    for link in root.iter("link"):
        relation = (link.get("rel") or "").lower().split()
        if "alternate" not in relation or not _FEED_TYPES.match((link.get("type") or "").strip()):
            continue
        address = absolute_address(link.get("href") or "", url)
        if address is None or "oembed" in address:
            continue  # a description of this page for embedding, not a feed
        name = one_line(link.get("title") or "", limit=200) or ""
        politics = politics_score(address, name)
        dull = 0.8 if _DULL_FEED.search(f"{address} {name}") else 0.0
        # A page about politics announces the feed of its own section.
        own = 0.3 * politics_score(url, "")
        yield SectionCandidate(address, "feed", name, 0.8 + politics + own - dull, politics == 1.0)


def _linked(root: _Element, url: str) -> Iterator[SectionCandidate]:
    for candidate in collect_links(root, url):
        name = max((a.words for a in candidate.anchors), key=len)[:200]
        politics = politics_score(candidate.url, name)
        if _FEED_ADDRESS.search(urlsplit(candidate.url).path) and is_same_site(candidate.url, url):
            dull = 0.6 if _DULL_FEED.search(candidate.url) else 0.0
            yield SectionCandidate(
                candidate.url, "feed", name, 0.5 + politics - dull, politics == 1.0
            )
        elif politics and (score := _front_score(candidate, politics)) > 0:
            yield SectionCandidate(candidate.url, "front", name, score, politics == 1.0)


def _front_score(candidate: Candidate, politics: float) -> float:
    """A section's link is short, stands in a menu, and its address is no article's."""
    if is_other_kind(candidate.url) or address_score(candidate.url) > 0:
        return 0.0
    words = min((a.words for a in candidate.anchors if a.words), key=len, default="")
    segments = [s for s in urlsplit(candidate.url).path.split("/") if s]
    score = politics - 0.1 * max(0, len(segments) - 1)
    if any(a.place.zones & {"menu", "head", "foot"} for a in candidate.anchors):
        score += 0.2
    if len(words) > 40 or urlsplit(candidate.url).query:
        score -= 0.4
    return score
