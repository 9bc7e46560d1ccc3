"""Applies the dated rules of a source's TOML file, and compares them with generic reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.catalogue import SiteRules
from crawler.extraction.blocks import cut_into_blocks
from crawler.extraction.byline import people_and_agencies
from crawler.extraction.captions import split_caption
from crawler.extraction.dates import read_date
from crawler.extraction.field_faults import FieldFaults
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import one_line, words
from pipelines.items import ArticleImage, ArticleItem

_FIELDS = tuple(f.name for f in fields(SiteRules) if f.name not in ("valid_until", "drop"))
#: Below this share of common words the rule's body and the generic one are different texts.
_SAME_BODY = 0.8


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What became of a page's rules, field by field, for the counters of the source."""

    used: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()  # a rule that selects nothing any more
    disagreements: tuple[str, ...] = ()  # the rule and generic reading say different things


class SelectorSyntaxError(ValueError):
    """A rule's selector cannot be read; the message names it."""


def select(page_root: Any, selector: str) -> list[Any]:
    """Return what a selector finds: CSS, or XPath where it begins with "/"."""
    try:
        found = _compiled(selector)(page_root)
    except (etree.XPathError, SelectorError) as error:
        raise SelectorSyntaxError(f"selector {selector!r}: {error}") from error
    return found if isinstance(found, list) else [found]


@lru_cache(maxsize=500)
def _compiled(selector: str) -> Any:
    if selector.startswith("/"):
        return etree.XPath(selector)
    return CSSSelector(selector, translator="html")


def drop_elements(page: ParsedPage, rules: SiteRules) -> None:
    """Remove what the rules say is no part of the article; text behind it stays."""
    for selector in rules.drop:
        for element in select(page.root, selector):
            parent = element.getparent() if isinstance(element, etree._Element) else None
            if parent is None:
                continue
            before = element.getprevious()
            if element.tail:
                if before is not None:
                    before.tail = (before.tail or "") + element.tail
                else:
                    parent.text = (parent.text or "") + element.tail
            parent.remove(element)


def apply_rules(
    item: ArticleItem,
    page: ParsedPage,
    rules: SiteRules,
    *,
    read_at: datetime | None = None,
    faults: FieldFaults | None = None,
) -> RuleReport:
    """Let the rules overrule what generic reading put into ``item``; report field by field.

    A rule that raises has vanished, for this page; its field keeps what generic reading found.
    """
    faults = faults or FieldFaults()
    used, vanished, disagreements = [], [], []
    for name in _FIELDS:
        selector = getattr(rules, name)
        if selector is None:
            continue
        agreed = None
        with faults.apart(f"rule {name}"):
            found = select(page.root, selector)
            agreed = _APPLY[name](item, page, found, read_at) if found else None
        if agreed is None:
            vanished.append(name)
            continue
        used.append(name)
        if not agreed:
            disagreements.append(name)
    return RuleReport(tuple(used), tuple(vanished), tuple(disagreements))


def rules_apply(rules: SiteRules | None, read_at: datetime | None) -> bool:
    """Say whether there are rules and they are still in force at the time of the look."""
    if rules is None:
        return False
    return rules.valid_until is None or read_at is None or read_at.date() <= rules.valid_until


def _text(found: Sequence[Any]) -> str:
    return one_line(" ".join(_string(f) for f in found[:1]))


def _string(found: Any) -> str:
    if isinstance(found, etree._Element):
        for attribute in ("content", "datetime"):
            if value := found.get(attribute):
                return value
        return "".join(str(t) for t in found.itertext())
    return str(found)


def _apply_text(attribute: str, key: str | None = None) -> Any:
    def apply(item: ArticleItem, _page: ParsedPage, found: list[Any], _at: Any) -> bool | None:
        text = _text(found)
        if not text:
            return None
        before = getattr(item, attribute)
        setattr(item, attribute, text)
        item.evidence[key or attribute] = "rule"
        return not before or words(before) == words(text)

    return apply


def _apply_body(item: ArticleItem, _page: ParsedPage, found: list[Any], _at: Any) -> bool | None:
    paragraphs = [
        block.text
        for element in found
        for block in (cut_into_blocks(element) if isinstance(element, etree._Element) else ())
    ]
    text = "\n".join(paragraphs)
    if not text:
        return None
    before, after = set(words(item.article_body)), set(words(text))
    item.article_body = text
    item.evidence["article_body"] = "rule"
    return len(before & after) >= _SAME_BODY * len(before | after)


def _apply_byline(item: ArticleItem, page: ParsedPage, found: list[Any], _at: Any) -> bool | None:
    texts = [one_line(_string(f)) for f in found[:10]]
    people, agencies = people_and_agencies(texts)
    if not people and not agencies:
        return None
    before = {a.casefold() for a in item.authors}
    item.byline, item.authors = "; ".join(texts), people
    item.wire_credit = list(dict.fromkeys([*agencies, *item.wire_credit]))
    item.evidence["authors"] = "rule"
    return not before or before == {p.casefold() for p in people}


def _apply_date(attribute: str) -> Any:
    def apply(item: ArticleItem, _page: ParsedPage, found: list[Any], at: Any) -> bool | None:
        claim = read_date(_text(found), "rule", language=item.in_language, read_at=at)
        if claim is None:
            return None
        before = getattr(item, attribute)
        setattr(item, attribute, claim)
        item.evidence[attribute] = "rule"
        return before is None or abs((before.at - claim.at).total_seconds()) < 86_400

    return apply


def _apply_image(item: ArticleItem, page: ParsedPage, found: list[Any], _at: Any) -> bool | None:
    element = found[0]
    is_element = isinstance(element, etree._Element)
    address = (element.get("src") or element.get("data-src")) if is_element else str(element)
    url = page.absolute(address)
    if url is None:
        return None
    first = item.images[0] if item.images else None
    image = ArticleImage(url, first.caption, first.credit) if first else ArticleImage(url)
    item.images = [image, *item.images[1:]]
    item.evidence["images"] = "rule"
    return first is None or first.url == url


def _apply_image_text(attribute: str) -> Any:
    def apply(item: ArticleItem, _page: ParsedPage, found: list[Any], _at: Any) -> bool | None:
        text = _text(found)
        if not text or not item.images:
            return None
        first = item.images[0]
        caption, credit = split_caption(text)
        if attribute == "credit":
            image = ArticleImage(first.url, first.caption, credit or text)
        else:
            image = ArticleImage(first.url, caption or text, first.credit or credit)
        item.images = [image, *item.images[1:]]
        before, after = getattr(first, attribute), getattr(image, attribute)
        return before is None or words(before) == words(after)

    return apply


_APPLY: dict[str, Any] = {
    "headline": _apply_text("headline"),
    "description": _apply_text("description"),
    "body": _apply_body,
    "byline": _apply_byline,
    "dateline": _apply_text("dateline"),
    "section": _apply_text("article_section"),
    "date_published": _apply_date("date_published"),
    "date_modified": _apply_date("date_modified"),
    "image": _apply_image,
    "image_caption": _apply_image_text("caption"),
    "image_credit": _apply_image_text("credit"),
}
