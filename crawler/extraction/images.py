"""Finds the pictures of an article with their captions and credits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.agencies import AGENCY_NAMES
from crawler.extraction.blocks import INLINE, SKIPPED, Block, Container
from crawler.extraction.byline import is_person
from crawler.extraction.byline_words import CREDIT_LABEL
from crawler.extraction.hints import BIT, bits_of, hints_of
from crawler.extraction.json_ld import first_string, strings
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import from_markup, one_line, words
from crawler.extraction.site_name import SiteNames
from crawler.extraction.structured_data import StructuredData
from pipelines.items import ArticleImage

MAX_IMAGES = 20
# A figure with more parts than this is a gallery or a trap.
_MAX_PARTS = 150
_MAX_NAMED = 6
_CAPTION = BIT["caption"]
_CREDIT = BIT["credit"]
_FIGURE = BIT["image"] | BIT["caption"] | BIT["credit"]
_AWAY = bits_of("nav footer sidebar related share comment newsletter")
_LEAD_REACH = 5  # blocks into the body: some papers set the picture under the first paragraph
_SMALL = 1200  # characters: more text is a part of the article, not of a picture
_LABELLED = re.compile(
    rf"(?:^|[\s(\[|.,;–—/-]|(?<=[a-zß)])(?=[A-Z])){CREDIT_LABEL}\s*(?:[:：=]|\bby\b|(?<=[©ⓒ）]))\s*(.+?)[)\]]?$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:^|[\s(|])[©]\s*(.+?)\)?$")
_BRACKETED = re.compile(r"[(\[（]([^()\[\]（）]{2,120})[)\]）]\s*\.?$")
_LABEL_START = re.compile(
    rf"^[\s(\[|/–—-]*(?:symbolfoto|archivbild|{CREDIT_LABEL})\s*"
    rf"(?:[:：=]\s*|by\s+|(?<=©)\s*|(?<=\bby)\s+|(?<=of)\s+|(?<=copyright)\s+)",
    re.IGNORECASE,
)
_LABEL_ONLY = re.compile(rf"\W*{CREDIT_LABEL}\W*$", re.IGNORECASE)
_RIGHTS = re.compile(r"(?<=\w)\s*[/|,.]?\s*(?:copyright|©|all rights reserved).*$", re.IGNORECASE)
_AGENCY = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, AGENCY_NAMES)) + r")(?!\w)", re.IGNORECASE
)
# "... in the rain. Jane Doe/Getty Images", "... / Jane Doe": a name behind the last sentence
_TRAILING = re.compile(
    r"(?:(?<=[.!?…。»”\"'’])\s*|\s[|/–—-]\s|\s{2,})((?=\S*[A-ZÄÖÜ가-힣一-龯])[^.!?。|]{2,70}?\.?)$"
)
_FILE_PHOTO = re.compile(
    r"(?:file|archive)(?: photo| picture| image)?$|archiv(?:bild|foto)?$|(?:photo )?d.archives?$",
    re.IGNORECASE,
)
_SOURCE_ATTRIBUTES = ("src", "data-src", "data-lazy-src", "data-original", "data-srcset", "srcset")


def read_images(
    page: ParsedPage,
    data: StructuredData,
    blocks: Sequence[Block],
    *,
    body: Sequence[Block] = (),
    headline: str = "",
    headline_position: int = -1,
) -> list[ArticleImage]:
    """Return the lead image first, then the pictures between the paragraphs of the body."""
    first = body[0].position if body else len(blocks)
    last = body[-1].position if body else len(blocks)
    start = headline_position if headline_position >= 0 else first - 8
    figures = _figures(page, blocks[max(start - 8, 0) : last + 3], first, headline)
    lead_url, caption, credit = _stated_lead(page, data)
    images: list[ArticleImage] = []
    shown = next((f for f in figures if lead_url and _same_picture(f.url, lead_url)), None)
    if shown is None and figures and (figures[0].before_body or not lead_url):
        shown = figures[0]
        lead_url = shown.url or lead_url  # og:image is a site's default more often than not
    if shown is not None:
        figures.remove(shown)
        caption, credit = shown.caption or caption, shown.credit or credit
    names = SiteNames(page, data)
    if lead_url:
        images.append(ArticleImage(lead_url, *_parted(caption, credit, names)))
    images += [ArticleImage(f.url, *_parted(f.caption, f.credit, names)) for f in figures if f.url]
    return list({i.url: i for i in reversed(images)}.values())[::-1][:MAX_IMAGES]


def split_caption(text: str) -> tuple[str | None, str | None]:
    """Return (caption, credit) of a caption as printed: "Snow. Photo: Jane Doe" has both."""
    text = one_line(text)
    for pattern in (_LABELLED, _COPYRIGHT):
        match = pattern.search(text)
        if match and len(match[1]) <= 150:
            return _tidy(text[: match.start()]), _tidy_credit(match[0])
    match = _BRACKETED.search(text)
    if match and (_AGENCY.search(match[1]) or _is_signed(match[1])):
        return _tidy(text[: match.start()]), _tidy_credit(match[1])
    match = _TRAILING.search(text)
    if match and (_AGENCY.search(match[1]) or _is_signature(match)):
        return _tidy(text[: match.start()]), _tidy_credit(match[1])
    return _tidy(text), None


def _parted(
    caption: str | None, credit: str | None, names: SiteNames
) -> tuple[str | None, str | None]:
    """Return caption and credit without the credit at the end of the caption."""
    if not caption:
        return caption, credit
    if credit is None:
        match = _BRACKETED.search(caption)
        if match and (_FILE_PHOTO.match(match[1]) or names.is_site(match[1])):
            return _tidy(caption[: match.start()]), match[1]
        return split_caption(caption)  # JSON-LD often has both in its caption
    bare = caption.rstrip(" )]）")
    if bare.endswith(credit) and bare != credit:
        head = caption[: len(bare) - len(credit)]
        if not head[-1].isalnum():
            return _tidy(head.rstrip(" （＝=©:")), credit
    return caption, credit


def _is_signed(text: str) -> bool:
    """Say whether a bracket holds a name; "(on the left)" does not."""
    return is_person(text) and not text[0].islower()


def _is_signature(match: re.Match[str]) -> bool:
    """Say whether what stands behind the last sentence is a name and not one more sentence."""
    parts = match[1].split()
    return len(parts) <= 4 and all(p[0].isupper() for p in parts) and is_person(match[1])


def _tidy(text: str) -> str | None:
    return text.strip(" |–—-/([") or None


def _tidy_credit(text: str) -> str | None:
    text = text.strip(" .,;|–—-/")
    if text.startswith(("(", "[")):
        text = text.strip("()[] ")
    previous = None
    while previous != text:
        previous = text
        text = _RIGHTS.sub("", _LABEL_START.sub("", text).lstrip("©: "))
    return text.strip(" .,;|–—-/") or None


@dataclass(frozen=True, slots=True)
class _Figure:
    """A picture shown on the page with what is printed beside it."""

    url: str
    caption: str | None
    credit: str | None
    before_body: bool


def _figures(page: ParsedPage, blocks: Sequence[Block], first: int, headline: str) -> list[_Figure]:
    found: dict[int, _Figure] = {}
    for block in blocks:
        if len(found) >= 2 * MAX_IMAGES:
            break
        if not block.hints & _FIGURE or len(block.text) > 1500:
            continue
        holder = _figure_of(block.container)
        if holder is None or id(holder) in found or (holder.own | block.container.own) & _AWAY:
            continue
        caption, credit = _printed(holder.element)
        if caption and words(caption) == words(headline):
            caption = None  # the headline once more tells nothing about the picture
        url = _picture_in(page, holder.element) or ""
        if caption or credit:
            found[id(holder)] = _Figure(url, caption, credit, block.position <= first + _LEAD_REACH)
    return list(found.values())


def _figure_of(container: Container | None) -> Container | None:
    """Return the nearest figure, else the nearest small container that also holds a picture."""
    near: Container | None = None
    for step in range(7):
        if container is None or container.tag in ("article", "main", "body"):
            break
        if container.tag == "figure":
            return container
        small = near is None and step < 4 and container.text < _SMALL
        if small and next(container.element.iter("img"), None) is not None:
            near = container
        container = container.parent
    return near


def _printed(figure: Any) -> tuple[str | None, str | None]:
    """Return (caption, credit) printed in a figure: by the names of its parts, then by words."""
    captions: list[Any] = []
    signed: list[Any] = []
    for element in islice(figure.iter(), _MAX_PARTS):
        if not isinstance(element.tag, str) or element.tag in SKIPPED:
            continue
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        bits = hints_of(names) | (_CAPTION if element.tag == "figcaption" else 0)
        if bits & _CREDIT and not (element is figure or element.tag == "figcaption"):
            signed.append(element)
        elif bits & _CAPTION and element is not figure:
            captions.append(element)
    captions, signed = captions[:_MAX_NAMED], signed[:_MAX_NAMED]
    # a credit that holds the caption is a wrapper
    named = [c for c in signed if not any(c in k.iterancestors() for k in captions)]
    texts = [t for c in named if (t := _text_without(c, ())) and len(t) < 200]
    texts = [t for t in texts if not _LABEL_ONLY.match(t) and not t[0].isdigit()]
    credit = _tidy_credit(texts[0]) if texts else None
    caption = None
    for element in reversed(captions):  # the innermost that says something
        text = _text_without(element, named)
        if not text or caption:
            continue
        caption, printed = split_caption(text)
        if credit and printed and not _AGENCY.search(printed):
            caption = _tidy(text)
        credit = credit or printed
    if not (caption and credit):
        rest = _text_without(figure, [*captions, *named])
        if rest and len(rest) < 600:
            other, printed = split_caption(rest)
            credit = credit or printed
            caption = caption or (other if not captions else None)
    return caption, credit


def _text_without(element: Any, left_out: Sequence[Any]) -> str:
    """Return the visible text of an element without these parts of it."""
    parts: list[str] = []
    stack = [(element, True)]
    for _ in range(_MAX_PARTS * 4):
        if not stack:
            break
        node, enter = stack.pop()
        if not enter:
            parts.append(node.tail or "")
            continue
        if node is not element:
            stack.append((node, False))
        if not isinstance(node.tag, str) or node.tag in SKIPPED or node in left_out:
            continue
        parts.append(" " if node.tag not in INLINE else "")
        parts.append(node.text or "")
        stack.extend((child, True) for child in reversed(node))
    return one_line("".join(parts))


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
