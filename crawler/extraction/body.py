"""Chooses the blocks of a page that are the article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extraction.blocks import HEADINGS, Block, Container
from crawler.extraction.headline import Headline
from crawler.extraction.hints import bits_of
from crawler.extraction.plain_text import words

_HARD_NAMES = "related comment ad nav footer sidebar newsletter consent popup caption"
_SOFT_NAMES = (
    "teaser share donate tags byline authorbox credit tools paywall meta hidden date login"
)
_HARD = bits_of(_HARD_NAMES)
_AWAY = _HARD | bits_of(_SOFT_NAMES)
_END = re.compile(r"[.!?…:。！？।؟۔»”\"')\]]\s*$")


def choose_body(blocks: Sequence[Block], headline: Headline | None) -> list[Block]:
    """Return the blocks of the article body in reading order; empty when there is none."""
    top = top_container(blocks)
    if top is None:
        return []
    title = words(headline.text) if headline else []
    chosen = [b for b in blocks if _is_inside(b, top) and _is_text(b, top, title)]
    while chosen and chosen[-1].tag in HEADINGS:
        chosen.pop()  # a heading with nothing under it announces something else
    return chosen


def top_container(blocks: Sequence[Block]) -> Container | None:
    """Return the container that holds the article's paragraphs most tightly."""
    scored: list[Container] = []
    for block in blocks:
        text = block.text
        if len(text) < 40 or block.link_chars * 2 > len(text):
            continue
        worth = 1 + min(len(text) / 100, 3) + min(text.count(",") + text.count("，"), 5) * 0.3
        worth *= 1 - block.link_chars / len(text)
        if block.hints & _HARD:
            worth *= 0.2
        holder: Container | None = block.container
        if (
            holder is not None
            and holder.tag in ("p", "li", "blockquote", *HEADINGS)
            and holder.parent
        ):
            holder = holder.parent
        share = 1.0
        while holder is not None and share > 0.1:
            if not holder.score:
                scored.append(holder)
            holder.score += worth * share
            share *= 0.6
            holder = holder.parent
    return max(scored, key=lambda c: c.score, default=None)


def _is_inside(block: Block, top: Container) -> bool:
    holder: Container | None = block.container
    while holder is not None and holder.depth >= top.depth:
        if holder is top:
            return True
        holder = holder.parent
    return False


def _is_text(block: Block, top: Container, title: Sequence[str]) -> bool:
    text, size = block.text, len(block.text)
    inside = block.container.own | block.inline_hints
    holder = block.container.parent
    while holder is not None and holder.depth > top.depth:
        inside |= holder.own
        holder = holder.parent
    if inside & _HARD or block.tag in ("figcaption", "table", "td", "h1"):
        return False
    if block.link_chars * 2 > size or (size < 200 and words(text) == title):
        return False
    if inside & _AWAY and size < 200:
        return False
    if block.tag in HEADINGS:
        return size > 8
    return size >= 60 or (size > 15 and bool(_END.search(text)))
