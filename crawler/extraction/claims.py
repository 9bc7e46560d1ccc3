"""Collects what the page states about its dates, authors and section, in the order of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.byline import (
    name_from_profile_address,
    people_and_agencies,
    site_names_of,
)
from crawler.extraction.dates import best_claim, date_in_url, read_date
from crawler.extraction.json_ld import first_string, strings
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import from_markup, one_line
from crawler.extraction.printed_claims import (
    DATE_IN_BYLINE,
    printed_byline,
    script_dates,
    visible_dates,
)
from crawler.extraction.structured_data import StructuredData
from pipelines.items import ClaimedDate, Evidence

_PUBLISHED_METAS = (
    "article:published_time", "article:published:time",
    "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "dcterms.created", "dc.date.issued", "dcterms.issued",
    "dc.date.created", "dcterms.date", "dc.date", "date", "pubdate", "publishdate", "publish-date",
    "publish_date", "published_time", "publication_date", "published-date", "pub_date",
    "originalpublicationdate", "article.published", "article_date_original", "displaydate",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "citation_publication_date",
    "date_published", "published", "ptime", "bt:pubdate", "last_updated_date", "timestamp",
    "article:create_at", "date.release", "created", "citation_online_date",
    "weibo:article:create_at",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "article:modified:time",
    "og:article:modified_time", "og:updated_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "article.updated",
    "bt:moddate", "date.modified", "revision_date", "modified", "updated_time",
)  # fmt: skip
_AUTHOR_METAS = (
    "author", "parsely-author", "sailthru.author", "article:author_name", "dc.creator", "byl",
    "dcterms.creator", "dc.creator.name", "cxenseparse:author", "article.author", "authors",
    "citation_author", "vr:author", "dable:author", "creator", "article:author", "byline",
)  # fmt: skip


def read_published(
    page: ParsedPage,
    data: StructuredData,
    blocks: Sequence[Block],
    span: tuple[int, int],
    *,
    language: str | None,
    read_at: datetime | None,
) -> ClaimedDate | None:
    """Return the publication date. ``span`` is (headline, end of body) as block positions."""

    def claim(raw: str | None, source: Evidence) -> ClaimedDate | None:
        return read_date(raw, source, language=language, read_at=read_at) if raw else None

    def claims() -> Iterator[ClaimedDate | None]:
        for node in (data.article, data.page):
            for name in ("datePublished", "dateCreated", "uploadDate"):
                yield claim(first_string((node or {}).get(name)), "json-ld")
        for name in _PUBLISHED_METAS:
            yield claim(page.meta(name), "meta")
        yield from (claim(raw, "microdata") for raw in _itemprop_dates(page, "datePublished"))
        yield from (claim(raw, "visible") for raw in visible_dates(page, blocks, span))
        yield from (claim(raw, "visible") for raw in script_dates(page))
        yield date_in_url(page.url)

    return best_claim(claims())


def read_modified(
    page: ParsedPage,
    data: StructuredData,
    *,
    language: str | None,
    read_at: datetime | None,
) -> ClaimedDate | None:
    """Return the date of the last change as the publisher states it."""
    stated: list[tuple[str | None, Evidence]] = [
        (first_string((data.article or {}).get("dateModified")), "json-ld")
    ]
    stated += [(page.meta(name), "meta") for name in _MODIFIED_METAS]
    stated += [(raw, "microdata") for raw in _itemprop_dates(page, "dateModified")]
    return best_claim(
        read_date(raw, source, language=language, read_at=read_at) for raw, source in stated if raw
    )


def _itemprop_dates(page: ParsedPage, name: str) -> Iterator[str]:
    for element in page.items(name)[:5]:
        yield element.get("content") or element.get("datetime") or text_of(element)


def text_of(element: Any) -> str:
    """Return the visible text of an element in one line, cut at 2,000 characters."""
    return one_line("".join(element.itertext())[:2000])


def read_authors(
    page: ParsedPage, data: StructuredData, blocks: Sequence[Block], span: tuple[int, int]
) -> tuple[list[str], list[str], str | None, Evidence | None]:
    """Return (people, agencies, byline as printed, evidence of the people)."""
    sites = site_names_of(
        page.url,
        page.meta("og:site_name"),
        first_string((data.article or {}).get("publisher")),
        page.meta("application-name"),
    )
    byline = printed_byline(blocks, span)
    agencies: dict[str, None] = {}
    stated = data.resolve((data.article or {}).get("author"))
    sources: list[tuple[list[Any], Evidence]] = [
        (stated, "json-ld"),
        (data.resolve((data.article or {}).get("creator")), "json-ld"),
        (_meta_authors(page), "meta"),
        (_marked_authors(page), "microdata"),
        ([DATE_IN_BYLINE.sub(" | ", byline)] if byline else [], "visible"),
    ]
    found: list[tuple[list[str], Evidence]] = []
    for statements, evidence in sources:
        people, wires = people_and_agencies(statements, site_names=sites)
        agencies.update(dict.fromkeys(wires))
        if people:
            found.append((people, evidence))
    if not found:
        if not byline:
            names = [n for s in (stated, _meta_authors(page)) for n in strings(s)]
            byline = next((n for n in map(from_markup, names) if _is_credit(n)), None)
        return [], list(agencies), _without_date(byline), None
    people, evidence = found[0]
    for others, other_evidence in found[1:]:
        more = set(others) - set(people)
        if other_evidence == "microdata" or len(more) + len(people) != len(others):
            continue
        if more and (other_evidence != "visible" or all(map(_is_full_name, more))):
            people, evidence = others, other_evidence  # one source named only the first
    return people, list(agencies), _without_date(byline), evidence


def _is_full_name(name: str) -> bool:
    """Say whether a printed name is a name beyond doubt; "Deputy CTO" and a paper's are not."""
    parts = name.split()
    return 2 <= len(parts) <= 3 and not any(p.isupper() and len(p) > 2 for p in parts)


def _without_date(byline: str | None) -> str | None:
    """Return the byline without a date that is printed in the same line behind a bar."""
    if byline is None or "|" not in byline:
        return byline
    parts = [p for p in byline.split("|") if read_date(p, "visible") is None]
    return one_line("|".join(parts)).strip(" |") or byline


def _is_credit(name: str) -> bool:
    """Say whether a stated author that is no person can stand as the byline."""
    return 1 < len(name) <= 80 and "://" not in name and "@" not in name


def stated_authors(page: ParsedPage, data: StructuredData) -> list[str]:
    """Return the people that JSON-LD or the metas name, before anything visible is read."""
    for statements in (data.resolve((data.article or {}).get("author")), _meta_authors(page)):
        people, _ = people_and_agencies(statements)
        if people:
            return people
    return []


def _meta_authors(page: ParsedPage) -> list[str]:
    for name in _AUTHOR_METAS:
        values = [from_markup(v) for v in page.metas.get(name, ())]
        named = [
            name_from_profile_address(v) or "" if v.startswith("http") else v for v in values if v
        ]
        if any(named):
            return named
    return []


def _marked_authors(page: ParsedPage) -> list[str]:
    names = []
    for element in page.items("author")[:10]:
        inner = next((e for e in element.iter() if e.get("itemprop") == "name"), element)
        names.append(inner.get("content") or text_of(inner)[:200])
    if not names:
        links = [a for a in page.root.iter("a") if "author" in (a.get("rel") or "")]
        names = [text_of(link)[:200] for link in links[:6]]
    return names


def read_keywords(page: ParsedPage, data: StructuredData) -> list[str]:
    """Return the keywords, each once, as stated by JSON-LD or the metas."""
    stated = strings((data.article or {}).get("keywords")) or page.metas.get("news_keywords", [])
    stated = stated or page.metas.get("article:tag", []) or page.metas.get("keywords", [])
    found: dict[str, str] = {}
    for text in stated:
        for word in re.split(r"[,;]", from_markup(text)):
            word = word.strip()
            if 1 < len(word) <= 80 and not word.lower().startswith("http"):
                found.setdefault(word.casefold(), word)
    return list(found.values())[:40]


def read_section(page: ParsedPage, data: StructuredData) -> tuple[str | None, Evidence | None]:
    """Return (section, evidence)."""
    section = data.text("articleSection")
    if section:
        return section[:120], "json-ld"
    section = page.meta(
        "article:section", "og:section", "parsely-section", "section", "sailthru.section"
    )
    return (section[:120], "meta") if section else (None, None)
