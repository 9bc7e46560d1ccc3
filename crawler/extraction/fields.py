"""Reads every field of an article page, each apart from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crawler.extraction.blocks import Block
from crawler.extraction.claims import (
    read_authors,
    read_keywords,
    read_modified,
    read_published,
    read_section,
)
from crawler.extraction.field_faults import FieldFaults
from crawler.extraction.images import read_images
from crawler.extraction.language import read_language
from crawler.extraction.newsroom_notes import (
    read_corrections,
    read_dateline,
    read_marked_dateline,
    without_corrections,
)
from crawler.extraction.page import ParsedPage
from crawler.extraction.page_kind import Clues
from crawler.extraction.page_parts import Parts, read_parts
from crawler.extraction.plain_text import words
from crawler.extraction.rights import (
    read_free_access,
    read_robots_directives,
    read_tdm_reservation,
)
from crawler.extraction.site_memory import SiteMemory
from crawler.extraction.structured_data import StructuredData
from pipelines.items import ArticleItem, Evidence
from pipelines.wire_credit import wire_credit

#: Changes whenever the same bytes may be read differently: stored with every article.
PARSER_VERSION = "2026.11.8"
# Blocks beside the body that are handed on for comparing: no paragraph is longer.
_MOST_BESIDE, _LONGEST_BESIDE = 300, 2_000


def read_fields(
    page: ParsedPage,
    *,
    memory: SiteMemory | None = None,
    read_at: datetime | None = None,
    listed_headline: str | None = None,
    faults: FieldFaults | None = None,
) -> tuple[ArticleItem, Clues, StructuredData]:
    """Return every field the page shows, whether or not the page is an article.

    A field whose reading raises is empty and noted in ``faults``. Raises UnreadablePage where the
    headline or the body cannot be read.
    """
    faults = faults or FieldFaults()
    parts = read_parts(page, memory=memory, faults=faults)
    headline, body = parts.headline, parts.body
    item = ArticleItem(
        url=page.url,
        headline=headline.text if headline else "",
        article_body=_text_of(body, faults),
        parser_version=PARSER_VERSION,
    )
    if headline:
        item.evidence["headline"] = headline.evidence
    item.evidence["article_body"] = "visible"
    with faults.apart("lines_beside"):
        item.lines_beside = _left_out(parts.blocks, body)
    with faults.apart("in_language"):
        item.in_language, found = read_language(page, parts.data, item.article_body)
        _note(item, "in_language", found)
    _read_dates(item, parts, read_at, faults)
    _read_people(item, parts, faults)
    _read_statements(item, parts, faults)
    with faults.apart("images"):
        item.images = read_images(
            page,
            parts.data,
            parts.blocks,
            body=body,
            headline=item.headline,
            headline_position=parts.start,
        )
    clues = _clues(item, parts, read_at, faults)
    return item, replace(clues, listed_headline=listed_headline), parts.data


def _text_of(body: Sequence[Block], faults: FieldFaults) -> str:
    paragraphs = [block.text for block in body]
    told = faults.read("corrections", lambda: without_corrections(paragraphs), paragraphs)
    return "\n".join(told)


def _left_out(blocks: Sequence[Block], body: Sequence[Block]) -> list[str]:
    chosen = {id(block) for block in body}
    beside = (block.text for block in blocks if id(block) not in chosen)
    return [text for text in beside if len(text) <= _LONGEST_BESIDE][:_MOST_BESIDE]


def _read_dates(
    item: ArticleItem, parts: Parts, read_at: datetime | None, faults: FieldFaults
) -> None:
    page, data, language = parts.page, parts.data, item.in_language
    with faults.apart("date_published"):
        published = read_published(
            page, data, parts.blocks, parts.span, language=language, read_at=read_at
        )
        item.date_published = published
        _note(item, "date_published", published.source if published else None)
    with faults.apart("date_modified"):
        modified = read_modified(page, data, language=language, read_at=read_at)
        item.date_modified = modified
        _note(item, "date_modified", modified.source if modified else None)


def _read_people(item: ArticleItem, parts: Parts, faults: FieldFaults) -> None:
    """Read who wrote it, where, for which agency."""
    page, body = parts.page, parts.body
    wires: list[str] = []
    with faults.apart("authors"):
        item.authors, item.wire_credit, item.byline, found = read_authors(
            page, parts.data, parts.blocks, parts.span
        )
        _note(item, "authors", found)
    with faults.apart("dateline"):
        item.dateline, wires = read_dateline(body[0].text if body else "")
        item.dateline = item.dateline or read_marked_dateline(body)
    with faults.apart("wire_credit"):
        credited = wire_credit(item.byline, None, item.article_body)
        item.wire_credit = list(dict.fromkeys([*item.wire_credit, *wires, *credited]))


def _read_statements(item: ArticleItem, parts: Parts, faults: FieldFaults) -> None:
    """Read what the page says of itself in single statements."""
    page, data = parts.page, parts.data
    with faults.apart("article_section"):
        item.article_section, found = read_section(page, data)
        _note(item, "article_section", found)
    with faults.apart("keywords"):
        item.keywords = read_keywords(page, data)
    with faults.apart("is_accessible_for_free"):
        item.is_accessible_for_free, found = read_free_access(page, data)
        _note(item, "is_accessible_for_free", found)
    with faults.apart("corrections"):
        start, end = parts.span
        item.corrections = read_corrections([b.text for b in parts.blocks[start : end + 6]])
    with faults.apart("robots_directives"):
        item.robots_directives = read_robots_directives(page)
    with faults.apart("tdm_reserved"):
        item.tdm_reserved = read_tdm_reservation(page)
    with faults.apart("canonical_url"):
        item.canonical_url = page.absolute(next(iter(page.links.get("canonical", ())), None))
    with faults.apart("other_urls"):
        links = [*page.links.get("amphtml", ()), *page.links.get("shortlink", ())]
        named = [page.absolute(hint) for hint in (page.meta("og:url"), *links)]
        urls = [url for url in named if url and url != item.canonical_url]
        item.other_urls = list(dict.fromkeys(urls))[:5]
    with faults.apart("description"):
        _read_description(item, page, data)
    with faults.apart("alternative_headline"):
        other = data.text("alternativeHeadline", "alternateName") or data.text("headline")
        if other and words(other) != words(item.headline):
            item.alternative_headline = other[:500]


def _read_description(item: ArticleItem, page: ParsedPage, data: StructuredData) -> None:
    stated: tuple[tuple[str | None, Evidence], ...] = (
        (data.text("description"), "json-ld"),
        (
            page.meta("og:description", "description", "twitter:description", "dc.description"),
            "meta",
        ),
    )
    for text, evidence in stated:
        if text and words(text) != words(item.headline):
            item.description = text[:5000]
            item.evidence["description"] = evidence
            return


def _clues(item: ArticleItem, parts: Parts, read_at: datetime | None, faults: FieldFaults) -> Clues:
    """Return what the kind of the page is judged by."""
    dated = item.date_published
    if dated is None and read_at is not None:
        # A date to come tells nobody when, but lists of articles have none: the page is an article.
        with faults.apart("date_published"):
            dated = read_published(
                parts.page,
                parts.data,
                parts.blocks,
                parts.span,
                language=item.in_language,
                read_at=None,
            )
    return Clues(
        headline=item.headline,
        body=parts.body,
        blocks=parts.blocks,
        has_machine_date=dated is not None and dated.source in ("json-ld", "meta", "microdata"),
        has_author=bool(item.authors),
        has_dateline_date=dated is not None,
    )


def _note(item: ArticleItem, field: str, found: Evidence | None) -> None:
    if found is not None:
        item.evidence[field] = found
