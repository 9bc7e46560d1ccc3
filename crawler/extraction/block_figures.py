"""Single figures about the text of a block, for its description."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extraction.blocks import Block
from crawler.extraction.body_words import JUNK, JUNK_PHRASES
from crawler.extraction.plain_text import words

_STOPS, _CLOSING = ".!?…。！？।؟۔", "\"'»”’)]"
_SENTENCE_END = re.compile(rf"[{_STOPS}][{re.escape(_CLOSING)}]*$")
_LATIN = [chr(code) for code in range(256)]
_BEYOND_LATIN = re.compile("[^\x00-\xff]+")
_CAPITALS = "".join(filter(str.isupper, _LATIN)).encode("latin-1")


def running_share(core: Sequence[Block], start: int, end: int) -> dict[int, float]:
    """Return per block of a range the share of the sure paragraphs' text that lies before it."""
    lengths = {b.position: len(b.text) for b in core}
    total = sum(lengths.values()) or 1
    shares, so_far = {}, 0
    for position in range(start, end):
        shares[position] = so_far / total
        so_far += lengths.get(position, 0)
    return shares


def junk_grade(low: str, phrases: Sequence[str] = JUNK_PHRASES) -> int:
    """Return 2 for a line that is furniture of a page, 1 for one that holds a phrase of it."""
    if JUNK.match(low):
        return 2
    return 1 if any(map(low.__contains__, phrases)) else 0


def ending_kind(text: str) -> int:
    """Return how a block ends: 2 as a sentence does, 1 before a list, 3 with a quotation mark."""
    last = text[-1]
    if last in _STOPS or (last in _CLOSING and _SENTENCE_END.search(text[-6:])):
        return 2
    return 1 if last in ":：;" else 3 if last in "\"'»”’)" else 0


def beginning_kind(text: str) -> int:
    """Return how a block begins: 1 small, 2 capital, 3 quotation mark, 4 digit, 0 anything else."""
    first = text[0]
    if first.isalpha():
        return 2 if first.isupper() else 1
    return 3 if first in "\"'«„“‘" else 4 if first.isdigit() else 0


def capitals(text: str) -> int:
    """Return how many capital letters there are."""
    # what is left without them is told twenty times as fast as every sign is looked at
    latin = text.encode("latin-1", "ignore")
    found = len(latin) - len(latin.translate(None, _CAPITALS))
    if len(latin) < len(text):
        found += sum(map(str.isupper, "".join(_BEYOND_LATIN.findall(text))))
    return found


def share_stated(text: str, stated: str) -> float:
    """Return 1 where the body stated by JSON-LD holds the block, 0 where not, -1 without one."""
    if not stated:
        return -1.0
    own = "".join(words(text[:300]))[:120]
    return 1.0 if len(own) > 15 and own in stated else 0.0
