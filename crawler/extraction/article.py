"""Reads one page: the article it holds, or what it is instead. The order of evidence is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.catalogue import SiteRules
from crawler.extraction.blocks import Block, cut_into_blocks
from crawler.extraction.body import choose_body, top_containers
from crawler.extraction.body_features import Surroundings
from crawler.extraction.body_model import body_model
from crawler.extraction.claims import (
    read_authors,
    read_keywords,
    read_modified,
    read_published,
    read_section,
    stated_authors,
)
from crawler.extraction.embedded import embedded_text
from crawler.extraction.headline import Headline, choose_headline
from crawler.extraction.images import read_images
from crawler.extraction.language import read_language
from crawler.extraction.live_updates import first_update
from crawler.extraction.newsroom_notes import (
    read_corrections,
    read_dateline,
    read_marked_dateline,
    without_corrections,
)
from crawler.extraction.page import ParsedPage, parse_page
from crawler.extraction.plain_text import words
from crawler.extraction.rights import (
    read_free_access,
    read_robots_directives,
    read_tdm_reservation,
)
from crawler.extraction.site_memory import SiteMemory
from crawler.extraction.site_rules import (
    RuleReport,
    apply_rules,
    drop_elements,
    rules_apply,
)
from crawler.extraction.structured_data import StructuredData, read_structured_data
from crawler.extraction.walls import Clues, PageKind, Verdict, judge_page
from pipelines.items import ArticleItem, Evidence
from pipelines.wire_credit import wire_credit

_NOTHING_SHOWN = 300  # characters: a spinner, a notice, a footer
#: Changes whenever the same bytes may be read differently: stored with every article.
PARSER_VERSION = "2026.11.7"
# Blocks beside the body that are handed on for comparing: no paragraph is longer.
_MOST_BESIDE, _LONGEST_BESIDE = 300, 2_000


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one page is, and the article if it is one. ``reason`` is for people.

    ``rules`` tells what became of the source's rules on this page.
    """

    kind: PageKind
    item: ArticleItem | None
    reason: str
    rules: RuleReport = field(default_factory=RuleReport)


def extract_article(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    rules: SiteRules | None = None,
    memory: SiteMemory | None = None,
    read_at: datetime | None = None,
) -> ArticleItem | None:
    """Return the article on the page, or None when the page is not an article."""
    return read_page(
        html, url, content_type=content_type, rules=rules, memory=memory, read_at=read_at
    ).item


def read_page(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    rules: SiteRules | None = None,
    memory: SiteMemory | None = None,
    read_at: datetime | None = None,
) -> PageReading:
    """Return what kind of page this is, with the article where it is one. Never raises.

    ``url`` is the address the page was finally read from. ``read_at`` (aware) is the time of the
    look: dates after it are refused. ``rules`` win over generic reading; ``memory`` is what
    earlier pages of the same source taught.
    """
    page = parse_page(html, url, content_type)
    if page is None:
        return PageReading("not-html", None, "no markup")
    in_force = rules if rules_apply(rules, read_at) else None
    if in_force is not None:
        drop_elements(page, in_force)
    item, clues, data = read_fields(page, memory=memory, read_at=read_at)
    report = RuleReport()
    if in_force is not None:
        report = apply_rules(item, page, in_force, read_at=read_at)
    verdict = judge_page(page, data, clues)
    if "body" in report.used and verdict.kind in ("empty", "script-only"):
        verdict = Verdict("article", "the source's rule found the text")
    if verdict.kind != "article":
        return PageReading(verdict.kind, None, verdict.reason, report)
    return PageReading("article", item, verdict.reason, report)


def read_fields(
    page: ParsedPage, *, memory: SiteMemory | None = None, read_at: datetime | None = None
) -> tuple[ArticleItem, Clues, StructuredData]:
    """Return every field the page shows, whether or not the page is an article."""
    data = read_structured_data(page)
    blocks = blocks_of(page)
    headline = choose_headline(page, data, blocks)
    about = surroundings_of(page, data, blocks, headline)
    body = choose_body(blocks, about, memory=memory, url=page.url)
    text = "\n".join(without_corrections([b.text for b in body]))
    item = ArticleItem(
        url=page.url,
        headline=headline.text if headline else "",
        article_body=text,
        parser_version=PARSER_VERSION,
    )
    item.lines_beside = _left_out(blocks, body)
    evidence = item.evidence
    if headline:
        evidence["headline"] = headline.evidence
    evidence["article_body"] = "visible"
    item.in_language, found = read_language(page, data, text)
    _note(evidence, "in_language", found)
    _read_claims(item, page, data, blocks, headline, body, read_at)
    item.images = read_images(
        page,
        data,
        blocks,
        body=body,
        headline=item.headline,
        headline_position=headline.block.position if headline and headline.block else -1,
    )
    dated = item.date_published
    if dated is None and read_at is not None:
        # A date to come tells nobody when, but lists of articles have none: the page is an article.
        span = _text_span(headline, body)
        dated = read_published(page, data, blocks, span, language=item.in_language, read_at=None)
    clues = Clues(
        headline=item.headline,
        body=body,
        blocks=blocks,
        has_machine_date=dated is not None and dated.source in ("json-ld", "meta", "microdata"),
        has_author=bool(item.authors),
        has_dateline_date=dated is not None,
    )
    return item, clues, data


def _text_span(headline: Headline | None, body: Sequence[Block]) -> tuple[int, int]:
    """Return the positions of the blocks from the headline to the end of the text."""
    start = headline.block.position if headline and headline.block else -1
    if start < 0:
        start = max(body[0].position - 8, 0) if body else 0
    return start, body[-1].position if body else start + 20


def learn_page(
    memory: SiteMemory, html: bytes | str, url: str, *, content_type: str | None = None
) -> bool:
    """Let ``memory`` learn from an article page of its source; False when there is no markup."""
    page = parse_page(html, url, content_type)
    if page is None:
        return False
    data = read_structured_data(page)
    blocks = blocks_of(page)
    about = surroundings_of(page, data, blocks, choose_headline(page, data, blocks))
    memory.learn(url, body_model().scores(blocks, about))
    return True


def blocks_of(page: ParsedPage) -> list[Block]:
    """Return the page's blocks; of a page that shows nothing, those its scripts would draw."""
    blocks = cut_into_blocks(page.root)
    # a page of many blocks shows enough: each of them holds a sign at least
    if len(blocks) < _NOTHING_SHOWN and sum(len(b.text) for b in blocks) < _NOTHING_SHOWN:
        drawn = embedded_text(page.root)
        if drawn is not None:
            return cut_into_blocks(drawn)
    return blocks


def surroundings_of(
    page: ParsedPage, data: StructuredData, blocks: Sequence[Block], headline: Headline | None
) -> Surroundings:
    """Return what the chooser of the body should know beside the blocks."""
    tight, wide = top_containers(blocks)
    position = headline.block.position if headline and headline.block else -1
    return Surroundings(
        title=headline.text if headline else "",
        headline_position=position,
        first_update=first_update(data, blocks, position),
        stated_body=data.text("articleBody", "text") or "",
        authors=tuple(a.lower() for a in stated_authors(page, data) if len(a) > 5),
        tight=tight,
        top=wide,
    )


def _left_out(blocks: Sequence[Block], body: Sequence[Block]) -> list[str]:
    chosen = {id(block) for block in body}
    beside = (block.text for block in blocks if id(block) not in chosen)
    return [text for text in beside if len(text) <= _LONGEST_BESIDE][:_MOST_BESIDE]


def _read_claims(
    item: ArticleItem,
    page: ParsedPage,
    data: StructuredData,
    blocks: Sequence[Block],
    headline: Headline | None,
    body: Sequence[Block],
    read_at: datetime | None,
) -> None:
    evidence = item.evidence
    span = start, _ = _text_span(headline, body)
    language = item.in_language
    item.date_published = read_published(
        page, data, blocks, span, language=language, read_at=read_at
    )
    item.date_modified = read_modified(page, data, language=language, read_at=read_at)
    for name, claim in (
        ("date_published", item.date_published),
        ("date_modified", item.date_modified),
    ):
        _note(evidence, name, claim.source if claim else None)
    item.authors, item.wire_credit, item.byline, found = read_authors(page, data, blocks, span)
    _note(evidence, "authors", found)
    item.article_section, found = read_section(page, data)
    _note(evidence, "article_section", found)
    item.keywords = read_keywords(page, data)
    item.is_accessible_for_free, found = read_free_access(page, data)
    _note(evidence, "is_accessible_for_free", found)
    item.dateline, wires = read_dateline(body[0].text if body else "")
    item.dateline = item.dateline or read_marked_dateline(body)
    credited = wire_credit(item.byline, None, item.article_body)
    item.wire_credit = list(dict.fromkeys([*item.wire_credit, *wires, *credited]))
    item.corrections = read_corrections([b.text for b in blocks[max(start, 0) : span[1] + 6]])
    item.robots_directives = read_robots_directives(page)
    item.tdm_reserved = read_tdm_reservation(page)
    item.canonical_url = page.absolute(next(iter(page.links.get("canonical", ())), None))
    _read_description(item, page, data)
    hints = [page.meta("og:url"), *page.links.get("amphtml", ()), *page.links.get("shortlink", ())]
    found_urls = [u for h in hints if (u := page.absolute(h)) and u != item.canonical_url]
    item.other_urls = list(dict.fromkeys(found_urls))[:5]
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


def _note(evidence: dict[str, Evidence], field: str, found: Evidence | None) -> None:
    if found is not None:
        evidence[field] = found
