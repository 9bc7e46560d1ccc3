"""Finds out how a publisher can be watched: from a bare domain, a section's address or a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from protego import Protego

from crawler.catalogue import SectionKind, SourceDefinition
from crawler.diagnosis import Diagnosis, Finding, ranked, read_finding
from crawler.discovery.candidates import SectionCandidate, discover_sections, politics_score
from crawler.extraction.article import read_page
from crawler.extraction.page import parse_page
from crawler.middlewares.robots_rules import Rules
from crawler.spiders.examination import Visitor
from crawler.spiders.page import FetchedPage
from pipelines.public_suffix import registrable_domain

MOST_CANDIDATES = 8  # looked at beside the pages that were named
MOST_SITEMAPS = 2
_SECTIONS_TRIED = 3
_ARTICLES_TRIED = 4  # the first may be a video, a live blog or for subscribers
# Where feeds live on sites that do not announce them.
_USUAL_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
_WALLS = frozenset({"consent", "login", "challenge", "script-only"})
_BETWEEN = re.compile(r"\s+[-–—/|:·•]\s+|\s*[|｜»]\s*")
_REGION = re.compile(r"[-_]([A-Z]{2})\b")


def addresses_of(asked: str) -> tuple[str, ...]:
    """Return what to try for an address or a bare domain, https first."""
    if "://" in asked:
        return (asked if urlsplit(asked).path else f"{asked}/",)
    bare = asked.strip("/")
    path = "" if "/" in bare else "/"
    return (f"https://{bare}{path}", f"http://{bare}{path}")


async def examine(
    visitor: Visitor,
    asked: str,
    *,
    now: datetime,
    source: SourceDefinition | None = None,
) -> Diagnosis:
    """Look at a site and return what it offers; with ``source`` its sections are looked at too."""
    start = await _first_answer(visitor, addresses_of(source.home_url if source else asked))
    diagnosis = Diagnosis(asked, start.url)
    diagnosis = _with_robots(diagnosis, visitor, start)
    if start.outcome != "ok":
        told = f"{start.url}: {start.outcome}" + (f" ({start.detail})" if start.detail else "")
        diagnosis = replace(diagnosis, notes=(told,))
        if source is None:
            return diagnosis
    home = await _home_of(visitor, start)
    diagnosis = _with_facts(diagnosis, home, start, source)
    findings = await _named_sections(visitor, start, home, source)
    findings += await _discovered(visitor, start, home, findings)
    tried = await _articles_tried(visitor, list(ranked(findings, now=now)), now=now)
    return replace(diagnosis, findings=ranked(tried, now=now))


async def _first_answer(visitor: Visitor, urls: Sequence[str]) -> FetchedPage:
    page = await visitor.fetch(urls[0])
    for url in urls[1:]:
        if page.outcome in ("dns", "refused", "tls", "timeout", "network", "robots-unreachable"):
            second = await visitor.fetch(url)
            page = second if second.outcome == "ok" else page
    return page


async def _home_of(visitor: Visitor, start: FetchedPage) -> FetchedPage:
    """Return the site's own front: a section's page says little about its publisher."""
    root = urljoin(start.url, "/")
    return start if start.url == root or start.outcome != "ok" else await visitor.fetch(root)


def _with_robots(diagnosis: Diagnosis, visitor: Visitor, start: FetchedPage) -> Diagnosis:
    if start.outcome == "robots":
        return replace(diagnosis, robots="forbids us this page")
    copy = visitor.robots(start.url)
    if copy is None:
        return replace(diagnosis, robots="could not be read")
    told = "has no rules for us" if copy.status >= 400 else "allows this page"
    return replace(diagnosis, robots=told, crawl_delay=Rules(copy, "firstseen").crawl_delay)


def _with_facts(
    diagnosis: Diagnosis, home: FetchedPage, start: FetchedPage, source: SourceDefinition | None
) -> Diagnosis:
    """Add the publisher's name, country and language, and what stands before its pages."""
    page = parse_page(home.body, home.url, home.content_type) if home.outcome == "ok" else None
    wall = ""
    for seen in (start, home):
        if seen.outcome == "ok" and not wall:
            kind = read_page(seen.body, seen.url, content_type=seen.content_type).kind
            wall = kind if kind in _WALLS else ""
    host = urlsplit(home.url).hostname or ""
    language = (page.language if page else None) or ""
    stated = page.meta("og:site_name", "application-name") if page else None
    name = stated or (page and site_name(page.title or "", host)) or host
    if source is not None:
        name, language, country = source.name, source.language, source.country
    else:
        country = _country(host, language)
    home_url = urljoin(home.url, "/")
    notes = diagnosis.notes
    if urlsplit(diagnosis.asked).netloc not in ("", urlsplit(home_url).netloc):
        notes += (f"the site calls itself {home_url}",)
    return replace(
        diagnosis,
        home_url=home_url,
        name=name[:100],
        country=country,
        language=language,
        wall=wall,
        notes=notes,
    )


def site_name(title: str, host: str) -> str:
    """Return the publisher's part of a front's title: the one its domain repeats, else the first.

    "Politics and news | The Valley Post" of valleypost.example gives "The Valley Post".
    """
    parts = [part.strip() for part in _BETWEEN.split(title) if part.strip()]
    own = _letters(registrable_domain(host).split(".")[0])
    named = [p for p in parts if _letters(p) and (_letters(p) in own or own in _letters(p))]
    return min(named or parts[:1], key=len, default="")


def _letters(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum()).removeprefix("the")


def _country(host: str, language: str) -> str:
    """Return the country that the domain or the language names, "" when neither does."""
    last = host.rsplit(".", 1)[-1]
    if len(last) == 2 and last.isalpha() and last not in ("eu", "tv", "io", "co", "me", "fm"):
        return {"uk": "GB"}.get(last, last.upper())
    region = _REGION.search(language)
    return region[1] if region else ""


async def _named_sections(
    visitor: Visitor, start: FetchedPage, home: FetchedPage, source: SourceDefinition | None
) -> list[Finding]:
    """Look at the sections of the source file, or at the address that was named."""
    if source is None:
        kinds: tuple[SectionKind, ...] = ("feed", "sitemap", "front")
        readings = [_as(start, kind) for kind in kinds]
        working = [found for found in readings if found.works]
        return working[:1] or [f for f in readings if f.kind == "front"]
    found = []
    for section in source.sections:
        page = await visitor.fetch(section.url)
        politics = politics_score(section.url, section.name) == 1.0
        looked = read_finding(page, section.kind, name=section.name, about_politics=politics)
        found.append(replace(looked, url=section.url, key=section.key))
    return found


def _as(page: FetchedPage, kind: SectionKind) -> Finding:
    return read_finding(page, kind, about_politics=politics_score(page.url, "") == 1.0)


async def _discovered(
    visitor: Visitor, start: FetchedPage, home: FetchedPage, known: Sequence[Finding]
) -> list[Finding]:
    """Look at what the pages point to, at what robots.txt names, and at the usual places."""
    seen = {found.url for found in known}
    pages = [page for page in (start, home) if page.outcome == "ok"]
    candidates = _best_of(c for page in pages for c in discover_sections(page.body, page.url))
    found = await _look_at(visitor, candidates[:MOST_CANDIDATES], seen)
    fronts = [f for f in found if f.kind == "front" and f.about_politics and f.works]
    for front in fronts[:1]:  # a section announces its own feed on its own page
        page = await visitor.fetch(front.url)
        more = [c for c in discover_sections(page.body, page.url) if c.kind == "feed"]
        found += await _look_at(visitor, more[:2], seen)
    found += await _look_at(visitor, _sitemaps(visitor, home), seen)
    if not any(f.works and f.kind == "feed" for f in (*known, *found)):
        usual = [
            SectionCandidate(urljoin(home.url, p), "feed", "", 0.0, False) for p in _USUAL_FEEDS
        ]
        found += [f for f in await _look_at(visitor, usual, seen) if f.works]
    return found


def _best_of(candidates: Iterable[SectionCandidate]) -> list[SectionCandidate]:
    best: dict[str, SectionCandidate] = {}
    for candidate in candidates:
        if candidate.url not in best or candidate.score > best[candidate.url].score:
            best[candidate.url] = candidate
    return sorted(best.values(), key=lambda c: (-c.score, c.url))


def _sitemaps(visitor: Visitor, home: FetchedPage) -> list[SectionCandidate]:
    """Return the sitemaps that robots.txt names, those of news first."""
    copy = visitor.robots(home.url)
    urls = list(Protego.parse(copy.text).sitemaps) if copy is not None else []
    news = [url for url in urls if "news" in url.lower() or "latest" in url.lower()]
    return [
        SectionCandidate(url, "sitemap", "", 0.0, politics_score(url, "") == 1.0)
        for url in (news or urls)[:MOST_SITEMAPS]
    ]


async def _look_at(
    visitor: Visitor, candidates: Sequence[SectionCandidate], seen: set[str]
) -> list[Finding]:
    found = []
    for candidate in candidates:
        if candidate.url in seen:
            continue
        seen.add(candidate.url)
        page = await visitor.fetch(candidate.url)
        politics = candidate.about_politics
        looked = read_finding(page, candidate.kind, name=candidate.name, about_politics=politics)
        if looked.outcome == "ok" and not looked.links and looked.children:
            page = await visitor.fetch(looked.children[0])
            looked = read_finding(page, candidate.kind, about_politics=politics)
        if looked.url == candidate.url or looked.url not in seen:  # a redirect to a known one
            found.append(looked)
        seen.add(looked.url)
    return found


async def _articles_tried(
    visitor: Visitor, findings: list[Finding], *, now: datetime
) -> list[Finding]:
    """Try an article of the most promising sections: a list of walls is worth nothing."""
    tried = []
    for number, found in enumerate(findings):
        if found.works and number < _SECTIONS_TRIED:
            tried.append(replace(found, readable=await _is_readable(visitor, found, now=now)))
        else:
            tried.append(found)
    return tried


async def _is_readable(visitor: Visitor, found: Finding, *, now: datetime) -> bool:
    for link in found.links[:_ARTICLES_TRIED]:
        page = await visitor.fetch(link.url, purpose="article")
        if page.outcome != "ok":
            continue
        reading = read_page(page.body, page.url, content_type=page.content_type, read_at=now)
        if reading.item is not None and reading.kind == "article":
            return True
    return False


def slug_of(url: str) -> str:
    """Return a name for a source file, from the site's domain: valleypost for valleypost.co.uk."""
    host = urlsplit(url).hostname or ""
    first = registrable_domain(host)
    name = first if first.replace(".", "").isdigit() else first.split(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "source"
