"""Finds the pictures of an article with their captions and credits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.agencies import AGENCY_NAMES
from crawler.extraction.blocks import Block, Container
from crawler.extraction.byline_words import CREDIT_LABEL
from crawler.extraction.hints import BIT
from crawler.extraction.json_ld import first_string, strings
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import from_markup, one_line, words
from crawler.extraction.structured_data import StructuredData
from pipelines.items import ArticleImage

MAX_IMAGES = 20
_CAPTION = BIT["caption"]
_CREDIT = BIT["credit"]
_FIGURE = BIT["image"] | BIT["caption"] | BIT["credit"]
_LABELLED = re.compile(
    rf"(?:^|[\s(\[|.,;–—/-]){CREDIT_LABEL}\s*(?:[:：]|\bby\b|©)\s*(.+?)[)\]]?$", re.IGNORECASE
)
_COPYRIGHT = re.compile(r"(?:^|[\s(|])[©]\s*(.+?)\)?$")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]\s*\.?$")
_LABEL_START = re.compile(
    rf"^[\s(\[|/–—-]*(?:{CREDIT_LABEL})\s*(?:[:：]\s*|by\s+|(?<=©)\s*|(?<=\bby)\s+|(?<=of)\s+)",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, AGENCY_NAMES)) + r")(?!\w)", re.IGNORECASE
)
_SOURCE_ATTRIBUTES = ("src", "data-src", "data-lazy-src", "data-original", "data-srcset", "srcset")


def read_images(
    page: ParsedPage,
    data: StructuredData,
    blocks: Sequence[Block],
    *,
    body: Sequence[Block] = (),
    headline: str = "",
) -> list[ArticleImage]:
    """Return the lead image first, then the pictures between the paragraphs of the body."""
    figures = _figures(page, blocks, body, headline)
    lead_url, caption, credit = _stated_lead(page, data)
    images: list[ArticleImage] = []
    if lead_url:
        shown = next((f for f in figures if _same_picture(f.url, lead_url)), None)
        if shown is None and figures and figures[0].before_body:
            shown = figures[0]
            lead_url = shown.url or lead_url  # og:image is a site's default more often than not
        if shown:
            figures.remove(shown)
            caption, credit = shown.caption or caption, shown.credit or credit
        images.append(ArticleImage(lead_url, caption, credit))
    images += [ArticleImage(f.url, f.caption, f.credit) for f in figures if f.url]
    return list({i.url: i for i in reversed(images)}.values())[::-1][:MAX_IMAGES]


def split_caption(text: str) -> tuple[str | None, str | None]:
    """Return (caption, credit) of a caption as printed: "Snow. Photo: Jane Doe" has both."""
    text = one_line(text)
    for pattern in (_LABELLED, _COPYRIGHT):
        match = pattern.search(text)
        if match and len(match[1]) <= 150:
            return _tidy(text[: match.start()]), _tidy_credit(match[0])
    match = _BRACKETED.search(text)
    if match and (_AGENCY.search(match[1]) or _LABEL_START.match(match[1] + ": ")):
        return _tidy(text[: match.start()]), _tidy_credit(match[1])
    return _tidy(text), None


def _tidy(text: str) -> str | None:
    return text.strip(" |–—-/([") or None


def _tidy_credit(text: str) -> str | None:
    text = text.strip(" .,;|–—-/")
    if text.startswith(("(", "[")):
        text = text.strip("()[] ")
    previous = None
    while previous != text:
        previous = text
        text = _LABEL_START.sub("", text).lstrip("©: ")
    return text.strip(" .,;|–—-/") or None


class _Figure:
    """A picture shown on the page, while its caption and credit are gathered."""

    __slots__ = ("before_body", "caption", "credit", "url")

    def __init__(self, url: str, before_body: bool) -> None:
        self.url = url
        self.before_body = before_body
        self.caption: str | None = None
        self.credit: str | None = None


def _figures(
    page: ParsedPage, blocks: Sequence[Block], body: Sequence[Block], headline: str
) -> list[_Figure]:
    found: dict[int, _Figure] = {}
    first = body[0].position if body else 0
    last = body[-1].position if body else len(blocks)
    for block in blocks:
        bits = block.hints
        if not bits & _FIGURE or block.position > last + 2 or len(block.text) > 1500:
            continue
        holder = _figure_of(block.container)
        if holder is None:
            continue
        figure = found.get(id(holder))
        if figure is None:
            figure = _Figure(_picture_in(page, holder.element) or "", block.position < first)
            found[id(holder)] = figure
        own = block.container.own | block.inline_hints
        if own & _CREDIT and not own & _CAPTION:
            figure.credit = figure.credit or _tidy_credit(block.text)
        else:
            caption, credit = split_caption(block.text)
            if caption and words(caption) == words(headline):
                caption = None  # the headline once more tells nothing about the picture
            figure.caption = figure.caption or caption
            figure.credit = figure.credit or credit
    return list(found.values())


def _figure_of(container: Container | None) -> Container | None:
    """Return the nearest container that also holds a picture."""
    for _ in range(4):
        if container is None or container.tag in ("article", "main", "body"):
            return None
        if container.element.find(".//img") is not None:
            return container
        container = container.parent
    return None


def _picture_in(page: ParsedPage, element: Any) -> str | None:
    for image in element.iter("img"):
        for attribute in _SOURCE_ATTRIBUTES:
            value = image.get(attribute)
            if value and not value.startswith("data:"):
                address = page.absolute(value.split(",")[0].split()[0] if " " in value else value)
                if address:
                    return address
    return None


def _stated_lead(
    page: ParsedPage, data: StructuredData
) -> tuple[str | None, str | None, str | None]:
    for node in data.resolve((data.article or {}).get("image")):
        if isinstance(node, dict):
            address = first_string(node.get("url")) or first_string(node.get("contentUrl"))
            if url := page.absolute(address):
                caption = first_string(node.get("caption"))
                credit = next(iter(strings(node.get("creditText"))), None)
                return url, from_markup(caption or "") or None, from_markup(credit or "") or None
        elif isinstance(node, str) and (url := page.absolute(node)):
            return url, None, None
    return page.absolute(page.meta("og:image", "og:image:url", "twitter:image")), None, None


def _same_picture(one: str, other: str) -> bool:
    """Two addresses of one picture: the same file name, whatever size and host serve it."""
    a, b = (urlsplit(u).path.rsplit("/", 1)[-1] for u in (one, other))
    strip = re.compile(r"[-_]\d+x\d+|\.\w{3,4}$")
    a, b = strip.sub("", a), strip.sub("", b)
    return len(a) > 5 and a == b
