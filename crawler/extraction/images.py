"""Finds the pictures of an article with their captions and credits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from crawler.extraction.blocks import INLINE, SKIPPED, Block, Container
from crawler.extraction.captions import (
    AGENCY,
    LABEL_ONLY,
    is_credit_line,
    names_somebody,
    part_caption,
    split_caption,
    tidy,
    tidy_credit,
)
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
# the author of a caption is who took the picture
_SIGNED = _CAPTION | BIT["byline"]
_TAGS_IN_FIGURES = {"figcaption": _CAPTION, "cite": _CREDIT, "footer": _CREDIT}
_FIGURE = BIT["image"] | BIT["caption"] | BIT["credit"]
_AWAY = bits_of("nav footer sidebar related share comment newsletter")
_LEAD_REACH = 5  # blocks into the body: some papers set the picture under the first paragraph
_SMALL = 1200  # characters: more text is a part of the article, not of a picture
_MOST_PICTURES = 60
_BEHIND_PATH = re.compile(r"[?#].*", re.DOTALL)
_SIZE = re.compile(r"[-_]\d+x\d+|\.\w{3,4}$")
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
    if lead_url and not credit:
        caption, credit = part_caption(caption, credit, names)
        if not credit:
            described, credit = _signed_in_words(page, lead_url)
            caption = caption or described
    if lead_url:
        images.append(ArticleImage(lead_url, *part_caption(caption, credit, names)))
    images += [
        ArticleImage(f.url, *part_caption(f.caption, f.credit, names)) for f in figures if f.url
    ]
    return list({i.url: i for i in reversed(images)}.values())[::-1][:MAX_IMAGES]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A picture shown on the page with what is printed beside it."""

    url: str
    caption: str | None
    credit: str | None
    before_body: bool


def _figures(page: ParsedPage, blocks: Sequence[Block], first: int, headline: str) -> list[_Figure]:
    found: dict[int, _Figure] = {}
    for index, block in enumerate(blocks):
        if len(found) >= 2 * MAX_IMAGES:
            break
        if len(block.text) > 1500 or not (block.hints & _FIGURE or is_credit_line(block.text)):
            continue
        holder = _figure_of(block.container)
        if holder is None or id(holder) in found or _stands_apart(holder, block.container):
            continue
        caption, credit = _printed(holder.element)
        credit = credit or _credit_beside(blocks, index)
        if caption and words(caption) == words(headline):
            caption = None  # the headline once more tells nothing about the picture
        url = _picture_in(page, holder.element) or ""
        if caption or credit:
            found[id(holder)] = _Figure(url, caption, credit, block.position <= first + _LEAD_REACH)
    return list(found.values())


def _stands_apart(holder: Container, container: Container) -> bool:
    """Say whether a picture belongs to a menu, a teaser or a sidebar; a figure has its footer."""
    own = holder.own if holder.tag == "figure" else holder.own | container.own
    return bool(own & _AWAY)


def _credit_beside(blocks: Sequence[Block], index: int) -> str | None:
    """Return the credit that a template sets in a box of its own right behind the caption."""
    for block in blocks[index + 1 : index + 3]:
        parent = block.container.parent
        named = block.container.own | (parent.own if parent else 0)
        if named & _CREDIT and len(block.text) < 200:
            return tidy_credit(block.text)
    return None


def _figure_of(container: Container | None) -> Container | None:
    """Return the nearest figure, else the nearest small container that also holds a picture."""
    near: Container | None = None
    for step in range(7):
        if container is None or container.tag in ("article", "main", "body"):
            break
        if container.tag == "figure":
            return container
        small = near is None and step < 4 and container.text < _SMALL
        if small and _holds_picture(container.element):
            near = container
        container = container.parent
    return near


def _holds_picture(element: Any) -> bool:
    """Say whether an element shows a picture, be it by an element that only scripts know."""
    for part in islice(element.iter(), _MAX_PARTS):
        tag = part.tag
        if tag == "img":
            return True
        if isinstance(tag, str) and "-" in tag and hints_of(tag) & BIT["image"]:
            return True
    return False


def _printed(figure: Any) -> tuple[str | None, str | None]:
    """Return (caption, credit) printed in a figure: by the names of its parts, then by words."""
    captions: list[Any] = []
    signed: list[Any] = []
    for element in islice(figure.iter(), _MAX_PARTS):
        if not isinstance(element.tag, str) or element.tag in SKIPPED:
            continue
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        bits = hints_of(names) | _TAGS_IN_FIGURES.get(element.tag, 0)
        if (bits & _CREDIT or bits & _SIGNED == _SIGNED) and not (
            element is figure or element.tag == "figcaption"
        ):
            signed.append(element)
        elif bits & _CAPTION and element is not figure:
            captions.append(element)
    captions, signed = captions[:_MAX_NAMED], signed[:_MAX_NAMED]
    # a credit that holds the caption is a wrapper
    named = [c for c in signed if not any(c in k.iterancestors() for k in captions)]
    texts = [t for c in named if (t := _text_without(c, ())) and len(t) < 200]
    texts = [t for t in texts if not LABEL_ONLY.match(t) and not t[0].isdigit()]
    credit = tidy_credit(texts[0]) if texts else None
    caption = None
    for element in reversed(captions):  # the innermost that says something
        text = _text_without(element, named)
        if not text or caption:
            continue
        caption, printed = split_caption(text)
        if credit and printed and not AGENCY.search(printed):
            caption = tidy(text)
        credit = credit or printed
    if not (caption and credit):
        rest = _text_without(figure, [*captions, *named])
        if caption and rest and figure.tag == "figure" and names_somebody(rest):
            credit = tidy_credit(rest)
        elif rest and len(rest) < 600:
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
            # a srcset names several pictures, each with its size behind it
            first = value.split(",")[0].split() if value and " " in value else [value or ""]
            if first and first[0] and not first[0].startswith("data:"):
                address = page.absolute(first[0])
                if address:
                    return address
    return None


def _stated_lead(
    page: ParsedPage, data: StructuredData
) -> tuple[str | None, str | None, str | None]:
    """Return (address, caption, credit) of the picture that the head names first."""
    stated = data.resolve((data.article or {}).get("image"))
    stated = stated or data.resolve((data.page or {}).get("primaryImageOfPage"))
    for node in stated:
        if isinstance(node, dict):
            address = first_string(node.get("url")) or first_string(node.get("contentUrl"))
            if url := page.absolute(address):
                caption = from_markup(first_string(node.get("caption")) or "")
                credit = from_markup(next(iter(strings(node.get("creditText"))), ""))
                return url, caption or None, credit or None
        elif isinstance(node, str) and (url := page.absolute(node)):
            return url, None, None
    return page.absolute(page.meta("og:image", "og:image:url", "twitter:image")), None, None


def _signed_in_words(page: ParsedPage, lead_url: str) -> tuple[str | None, str | None]:
    """Return (caption, credit) of what is written for those who cannot see the lead picture.

    Only where it ends in a credit: then it is a caption, not a description.
    """
    said = [page.meta("og:image:alt", "twitter:image:alt")]
    for image in islice(page.root.iter("img"), _MOST_PICTURES):
        address = image.get("src") or image.get("data-src") or ""
        if _same_picture(address, lead_url):
            parent = image.getparent()
            around = parent.get("title") if parent is not None else None
            said += [image.get("alt"), image.get("title"), around]
            break
    for text in said:
        caption, credit = split_caption(text) if text else (None, None)
        if credit:
            return caption, credit
    return None, None


def _same_picture(one: str, other: str) -> bool:
    """Two addresses of one picture: the same file name, whatever size and host serve it."""
    name = _file_stem(one)
    return len(name) > 5 and name == _file_stem(other)


@lru_cache(maxsize=64)  # the lead picture is compared with all the others of its page
def _file_stem(address: str) -> str:
    return _SIZE.sub("", _BEHIND_PATH.sub("", address).rsplit("/", 1)[-1])
