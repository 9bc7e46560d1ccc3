"""Reads one page: the article it holds, or what it is instead. The order of evidence is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.catalogue import SiteRules
from crawler.extraction.body_model import body_model
from crawler.extraction.field_faults import FieldFaults, UnreadablePage, needed
from crawler.extraction.fields import read_fields
from crawler.extraction.headline import choose_headline
from crawler.extraction.page import ParsedPage, parse_page
from crawler.extraction.page_kind import PageKind, Verdict
from crawler.extraction.page_parts import blocks_of, surroundings_of
from crawler.extraction.site_memory import SiteMemory
from crawler.extraction.site_rules import (
    RuleReport,
    apply_rules,
    drop_elements,
    rules_apply,
)
from crawler.extraction.structured_data import read_structured_data
from crawler.extraction.walls import judge_page
from pipelines.items import ArticleItem


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one page is, and the article if it is one. ``reason`` is for people.

    ``rules`` tells what became of the source's rules on this page, ``faults`` which fields could
    not be read: field -> type of what their reading raised.
    """

    kind: PageKind
    item: ArticleItem | None
    reason: str
    rules: RuleReport = field(default_factory=RuleReport)
    faults: Mapping[str, str] = field(default_factory=dict)


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
    listed_headline: str | None = None,
) -> PageReading:
    """Return what kind of page this is, with the article where it is one. Never raises.

    ``url`` is the address the page was finally read from. ``read_at`` (aware) is the time of the
    look: dates after it are refused. ``rules`` win over generic reading; ``memory`` is what
    earlier pages of the same source taught. ``listed_headline`` is what a listing promised: a page
    that keeps the promise with a running text is an article, however short.
    """
    faults = FieldFaults()
    try:
        with needed("markup"):
            page = parse_page(html, url, content_type)
        if page is None:
            return PageReading("not-html", None, "no markup")
        in_force = rules if rules_apply(rules, read_at) else None
        return _read(page, in_force, memory, read_at, listed_headline, faults)
    except UnreadablePage as error:
        return PageReading("unreadable", None, str(error), faults=faults.found)


def _read(
    page: ParsedPage,
    rules: SiteRules | None,
    memory: SiteMemory | None,
    read_at: datetime | None,
    listed_headline: str | None,
    faults: FieldFaults,
) -> PageReading:
    if rules is not None:
        with faults.apart("rule drop"):
            drop_elements(page, rules)
    item, clues, data = read_fields(
        page, memory=memory, read_at=read_at, listed_headline=listed_headline, faults=faults
    )
    report = RuleReport()
    if rules is not None:
        report = apply_rules(item, page, rules, read_at=read_at, faults=faults)
    with needed("kind"):
        verdict = judge_page(page, data, clues)
    if "body" in report.used and verdict.kind in ("empty", "script-only"):
        verdict = Verdict("article", "the source's rule found the text")
    found = item if verdict.kind == "article" else None
    return PageReading(verdict.kind, found, verdict.reason, report, faults.found)


def learn_page(
    memory: SiteMemory, html: bytes | str, url: str, *, content_type: str | None = None
) -> bool:
    """Let ``memory`` learn from an article page of its source; False when nothing can be read."""
    page = parse_page(html, url, content_type)
    if page is None:
        return False
    try:
        data, blocks = read_structured_data(page), blocks_of(page)
        about = surroundings_of(page, data, blocks, choose_headline(page, data, blocks))
        memory.learn(url, body_model().scores(blocks, about))
    except Exception:  # a page that cannot be read whole teaches nothing; its reading noted why
        return False
    return True
