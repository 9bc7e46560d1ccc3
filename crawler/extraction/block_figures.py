"""Single figures about the text of a block, for its description."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extraction.blocks import Block
from crawler.extraction.body_words import JUNK, JUNK_PHRASES
from crawler.extraction.plain_text import words

_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'»”’)\]]*$")


def nearest(positions: Sequence[int], count: int) -> list[tuple[int, int]]:
    """Return per block the distance to the nearest core block and to the one on the other side."""
    before, after = [99] * count, [99] * count
    known = set(positions)
    for order, distances in ((range(count), before), (range(count - 1, -1, -1), after)):
        distance = 99
        for i in order:
            distance = 0 if i in known else min(distance + 1, 99)
            distances[i] = distance
    return [(min(b, a), max(b, a)) for b, a in zip(before, after, strict=True)]


def running_share(core: Sequence[Block], count: int) -> list[float]:
    """Return per block the share of the sure paragraphs' text that lies before it."""
    total = sum(len(b.text) for b in core) or 1
    shares, so_far, lengths = [], 0, {b.position: len(b.text) for b in core}
    for position in range(count):
        shares.append(so_far / total)
        so_far += lengths.get(position, 0)
    return shares


def junk_grade(low: str) -> int:
    """Return 2 for a line that is furniture of a page, 1 for one that holds a phrase of it."""
    if JUNK.match(low):
        return 2
    return 1 if any(p in low for p in JUNK_PHRASES) else 0


def ending_kind(text: str) -> int:
    """Return how a block ends: 2 as a sentence does, 1 before a list, 3 with a quotation mark."""
    if _SENTENCE_END.search(text[-6:]):
        return 2
    return 1 if text[-1] in ":：;" else 3 if text[-1] in "\"'»”’)" else 0


def beginning_kind(text: str) -> int:
    """Return how a block begins: 1 small, 2 capital, 3 quotation mark, 4 digit, 0 anything else."""
    first = text[0]
    if first.isalpha():
        return 2 if first.isupper() else 1
    return 3 if first in "\"'«„“‘" else 4 if first.isdigit() else 0


def word_overlap(own: Sequence[str], other: frozenset[str]) -> float:
    """Return the share of a block's words that another text has too."""
    return sum(1 for w in own if w in other) / len(own) if own else 0.0


def share_stated(text: str, stated: str) -> float:
    """Return 1 where the body stated by JSON-LD holds the block, 0 where not, -1 without one."""
    if not stated:
        return -1.0
    own = "".join(words(text[:300]))[:120]
    return 1.0 if len(own) > 15 and own in stated else 0.0
