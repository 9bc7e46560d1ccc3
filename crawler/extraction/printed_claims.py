"""Finds what the page prints around its headline: lines with dates, the line of the writers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crawler.extraction.blocks import Block, Container
from crawler.extraction.byline import is_person, people_and_agencies
from crawler.extraction.byline_words import MODIFIED, PUBLISHED
from crawler.extraction.hints import BIT
from crawler.extraction.page import ParsedPage

_DATELESS = BIT["caption"] | BIT["credit"] | BIT["footer"] | BIT["nav"]
_DATE_HINTS = BIT["date"] | BIT["meta"] | BIT["byline"]
_AWAY = (
    BIT["related"] | BIT["comment"] | BIT["footer"] | BIT["nav"] | BIT["sidebar"] | BIT["teaser"]
)
_BY = re.compile(r"(?:by|von|par|por|text|story by|photos and story by)[:\s]\s*\S", re.IGNORECASE)
#: What stands between the names of a byline without being one.
DATE_IN_BYLINE = re.compile(
    r"\S*\d[\w.,:]*(?:\s+(?:minut\w*|uhr|am|pm|shares|views))?", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
# "29.11.2022 – Mehrfach und vehement ...": the day before the first sentence
_LEADING_DAY = re.compile(
    r"((?:[^\W\d_]+ (?:vom|from|del?|du|of) )?\d{1,4}[.\s/-].{4,20}?\d{2,4})\W+\s"
)
# showDate("2020/04/17 01:43:09"): a line that the page's script writes where it stands
_DRAWN_DATE = re.compile(
    r"\s*\w*(?:date|time)\w*\(\s*[\"']([^\"'<>]{8,40})[\"']\s*\);?\s*", re.IGNORECASE
)
_LONGEST_DRAWING = 120
# Right under the headline a line named "date" is its date, even in a box named "hero-bottom".
_UNDER_HEADLINE = 8


def visible_dates(
    page: ParsedPage, blocks: Sequence[Block], span: tuple[int, int]
) -> Iterator[str]:
    """Yield dates printed near the headline: <time> elements first, then short dated lines."""
    first, last = span
    times = [
        t
        for t in page.root.iter("time")
        if t.get("datetime") and not MODIFIED.search(f"{t.get('class')} {t.get('itemprop')}")
    ]
    for time in times[:6]:
        yield time.get("datetime") or ""
    holders = _holders(blocks, first)
    near = []
    for block in blocks[max(first - 12, 0) : last + 14]:
        if len(block.text) < 160 and _DIGIT.search(block.text):
            doubts = _doubts(block, holders)
            under = first < block.position <= first + _UNDER_HEADLINE
            named = under and (block.container.own | block.inline_hints) & BIT["date"]
            if named or not doubts & _DATELESS or PUBLISHED.match(block.text):
                near.append((_date_rank(block, first, doubts), block))
    near.sort(key=lambda ranked: ranked[0])
    for _, block in near[:40]:
        if not MODIFIED.match(block.text):
            yield block.text
    for block in blocks[first + 1 : first + 12]:
        if len(block.text) >= 160 and (leading := _LEADING_DAY.match(block.text)):
            yield leading[1]


def script_dates(page: ParsedPage) -> Iterator[str]:
    """Yield dates that a script of one call writes into the page where it stands."""
    for script in page.root.iter("script"):
        text = script.text or ""
        if len(text) <= _LONGEST_DRAWING and (drawn := _DRAWN_DATE.fullmatch(text)):
            yield drawn[1]


def _holders(blocks: Sequence[Block], headline: int) -> frozenset[int]:
    """Return what holds the headline, as identities: it holds the whole article, too.

    Templates write "has-nav", "footer-fixed" or "related-on" on ``<body>`` itself; such names put
    no single line in doubt.
    """
    holders = []
    holder = blocks[headline].container.parent if 0 <= headline < len(blocks) else None
    while holder is not None:
        holders.append(id(holder))
        holder = holder.parent
    return frozenset(holders)


def _doubts(block: Block, holders: frozenset[int]) -> int:
    """Return the hints of a block and of what surrounds it, but not the headline."""
    hints = block.inline_hints
    holder: Container | None = block.container
    while holder is not None and id(holder) not in holders:
        hints |= holder.own
        holder = holder.parent
    return hints


def _date_rank(block: Block, headline: int, doubts: int) -> tuple[bool, bool, bool, int]:
    """Sort labelled dates first, then those named so by the template, then what is nearest."""
    if PUBLISHED.match(block.text) and len(block.text) < 80:
        return False, False, False, abs(block.position - headline)
    named = bool(block.hints & _DATE_HINTS)
    # a line that also names the writers is longer than a date alone
    away = bool(doubts & _AWAY) or len(block.text) > (110 if named else 60)
    return away, not PUBLISHED.match(block.text), not named, abs(block.position - headline)


def printed_byline(blocks: Sequence[Block], span: tuple[int, int]) -> str | None:
    """Return the line that names the authors as the reader sees it, or None."""
    first, last = span
    holders = _holders(blocks, first)
    near = blocks[max(first - 6, 0) : last + 4]
    for block in near:
        if len(block.text) > 200 or not _is_named_byline(block):
            continue
        if not _doubts(block, holders) & _AWAY and _names_somebody(block.text):
            return block.text
    after = [b for b in near if first <= b.position <= first + 12]
    after = [b for b in after if not _doubts(b, holders) & _AWAY]
    for block in after:
        if len(block.text) < 120 and _BY.match(block.text) and _names_somebody(block.text):
            return block.text
    for block in after[:7]:
        if block.tag not in ("h1", "h2", "h3", "li") and _is_bare_name(block):
            return block.text
    return None


def _is_named_byline(block: Block) -> bool:
    hints = block.container.own | block.inline_hints
    parent = block.container.parent
    return bool((hints | (parent.own if parent else 0)) & BIT["byline"])


def _names_somebody(text: str) -> bool:
    names, agencies = people_and_agencies([DATE_IN_BYLINE.sub(" | ", text)])
    return any(" " in n or not n.isascii() for n in names) or bool(agencies)


def _is_bare_name(block: Block) -> bool:
    """Say whether a block is nothing but names, as some papers print them under the headline."""
    text = block.text
    parts = text.replace("/", " ").replace(",", " ").split()
    if not 2 <= len(parts) <= 8 or len(text) > 60 or not all(p[0].isupper() for p in parts):
        return False
    names = [n for n in re.split(r"[/,]", text) if n.strip()]
    return all(2 <= len(n.split()) <= 3 and is_person(n.strip()) for n in names)
