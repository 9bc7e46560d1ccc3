"""Finds a text of short paragraphs, which paragraph by paragraph reads like furniture."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.extraction.blocks import HEADINGS, Block
from crawler.extraction.hints import bits_of
from crawler.extraction.plain_text import is_unspaced, words

#: What stands around a text; a run ends there. What template names put in doubt is left out.
_APART = bits_of("nav footer sidebar related comment newsletter consent popup login")
_BESIDE = bits_of("byline meta date share caption credit ad tags hidden image")
#: Characters: the shortest sentence that is told under a headline of its own.
LEAST_TEXT = 60


def text_size(blocks: Sequence[Block]) -> int:
    """Return how many characters are not links, twice as many where a sign says twice as much."""
    size = sum(len(block.text) - block.link_chars for block in blocks)
    return size * 2 if is_unspaced("\n".join(block.text for block in blocks[:20])) else size


def running_text(blocks: Sequence[Block], headline_position: int, title: str) -> list[Block]:
    """Return the longest run of blocks under the headline that links do not make up.

    Poems, dialogue, answers in a word and lists of results are texts too: what tells them from
    the page's furniture is that they stand together, under the headline, and lead nowhere.
    """
    runs: list[list[Block]] = [[]]
    for block in blocks[headline_position + 1 :]:
        if block.hints & _APART or block.link_chars * 2 > len(block.text):
            runs.append([])
        elif not block.hints & _BESIDE and words(block.text) != words(title):
            runs[-1].append(block)
    best = max(runs, key=text_size)
    while best and best[-1].tag in HEADINGS:
        best.pop()  # a heading with nothing under it announces something else
    return best if text_size(best) >= LEAST_TEXT else []
