"""Describes every block of a page in numbers, for the chooser of the body."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extraction.block_figures import (
    beginning_kind,
    capitals,
    ending_kind,
    junk_grade,
    running_share,
    share_stated,
)
from crawler.extraction.block_groups import Groups
from crawler.extraction.blocks import Block, Container
from crawler.extraction.body_words import (
    AUTHOR_PHRASES,
    JUNK_PHRASES,
    PRIVACY_WORDS,
)
from crawler.extraction.hints import NAMES
from crawler.extraction.plain_text import is_unspaced, words

#: In the order of ``describe``'s rows.
FEATURES: tuple[str, ...] = (
    "log_length", "link_density", "bold_density", "links", "end", "start", "commas", "capitals",
    "word_length", "in_json_ld", "junk", "privacy", "author_line", "repeated", "after_first",
    "tag", "position", "from_headline", "depth", "in_tight", "steps_down",
    "core_side", "core_before",
    "group_length", "group_count", "group_links", "group_share",
    "parent_length", "parent_count", "parent_links", "parent_share",
    "grand_length", "grand_count", "grand_links", "grand_share",
    "previous_length", "next_length", "next_links", "next_tag",
    "top_share", "page_blocks", "core_blocks", "core_mean",
)  # fmt: skip
#: The hints of three zones follow the numbers: the block itself, between it and the top, beyond.
ZONES = ("own", "inside", "outside")
HINT_FEATURES: tuple[str, ...] = tuple(f"{zone}:{name}" for zone in ZONES for name in NAMES)

_TAGS = {"p": 1, "div": 2, "li": 3, "section": 4, "article": 4, "td": 5, "th": 5, "blockquote": 6}
_TAGS |= {"figcaption": 7, "dd": 8, "dt": 8, "pre": 9, "h1": 10, "h2": 11, "h3": 12, "h4": 13}
_TAGS |= {"h5": 14, "h6": 14, "main": 4, "center": 2, "address": 15, "footer": 16, "header": 16}
_TAGS |= {"aside": 16, "form": 15, "ul": 3, "ol": 3, "nav": 16, "figure": 7, "body": 4}
_TAGS |= {"summary": 15}
_CORE_LENGTH = 80
_SHORT = 300
_HEAD = 400  # characters of a block in which words are sought
#: Blocks before the first and after the last sure paragraph that may still belong to the body.
REACH = 12


@dataclass(slots=True)
class Surroundings:
    """What the chooser knows of the page beside its blocks."""

    title: str = ""
    headline_position: int = -1
    first_update: int | None = None  # position of what a live blog adds below its text
    stated_body: str = ""  # JSON-LD articleBody
    authors: tuple[str, ...] = ()  # lower case
    tight: Container | None = None
    top: Container | None = None


def describe(blocks: Sequence[Block], about: Surroundings) -> list[tuple[Block, list[float]]]:
    """Return the blocks that may be part of the body, each with its row of FEATURES.

    What lies far from the paragraphs nobody would doubt, or is one link, is left out: half the
    blocks of a page are menus, and describing them costs more than parsing the page did.
    """
    core = [b for b in blocks if _is_core(b, about.top, _CORE_LENGTH)]
    if not core:  # scripts without spaces say a paragraph in half the signs
        short = [b for b in blocks if _is_core(b, about.top, _CORE_LENGTH // 2)]
        core = [b for b in short if is_unspaced(b.text)]
    if not core:
        return []
    start = max(core[0].position - REACH, 0)
    window = blocks[start : core[-1].position + REACH + 1]
    described = [
        b
        for b in window
        if len(b.text) > 1 and (b.link_chars * 10 < len(b.text) * 9 or len(b.text) > 300)
    ]
    heads = [b.text[:_HEAD].lower() for b in described]
    page = _PageFigures(blocks, core, about, (start, start + len(window)), heads)
    return [(b, page.row(b, head)) for b, head in zip(described, heads, strict=True)]


class _PageFigures:
    """Figures of the whole page, computed once, from which the rows of its blocks are made."""

    def __init__(
        self,
        blocks: Sequence[Block],
        core: Sequence[Block],
        about: Surroundings,
        window: tuple[int, int],
        heads: Sequence[str],
    ) -> None:
        self.blocks = blocks
        self.about = about
        self.sizes: dict[int, tuple[float, float]] = {}
        texts = [b.text for b in blocks]
        self.total = sum(map(len, texts)) or 1
        # Most pages have few of these words, and what no block has is not sought in each of them.
        everything = "\n".join(heads)
        self.privacy_words = [word for word in PRIVACY_WORDS if word in everything]
        short = "\n".join([head for head in heads if len(head) < _HEAD])
        self.junk_phrases = [phrase for phrase in JUNK_PHRASES if phrase in short]
        self.groups = Groups(blocks)
        self.first_core, self.last_core = core[0].position, core[-1].position
        core_text = sum(len(b.text) for b in core)
        self.page_row = [
            core_text / self.total,
            min(len(blocks), 500),
            len(core),
            core_text / len(core),
        ]
        stated = about.stated_body
        self.stated = "".join(words(stated[:60_000])) if len(stated) > 200 else ""
        self.seen = Counter(texts)
        self.first_seen = dict(zip(reversed(texts), range(len(texts) - 1, -1, -1), strict=True))
        self.places = _Places(about.top, about.tight)
        self.core_before = running_share(core, *window)

    def row(self, block: Block, head: str) -> list[float]:
        return [
            *self._text_figures(block, head),
            *self._place_figures(block),
            *self.groups.figures(block.container, self.total),
            *self._neighbour_figures(block.position),
            *self.page_row,
        ]

    def _text_figures(self, block: Block, low: str) -> list[float]:
        text, size = block.text, len(block.text)
        sample = text[:200]
        short = size < _SHORT
        return [
            *self._sizes(block.position),
            min(block.bold_chars / size, 1.0),
            min(block.links, 10),
            ending_kind(text),
            beginning_kind(text),
            sample.count(",") + sample.count("，") + sample.count("、"),
            capitals(sample) / len(sample),
            min(len(sample) / (sample.count(" ") + 1), 20),
            share_stated(text, self.stated),
            junk_grade(low, self.junk_phrases) if short else 0,
            sum(map(low.__contains__, self.privacy_words)),
            self._author_line(low),
            self.seen[text],
            block.position - self.first_seen[text],
        ]

    def _author_line(self, low: str) -> int:
        """2 where an author is introduced, 1 where one is named at the start of a block."""
        head = low[:60]
        for author in self.about.authors:
            if author in head or low.startswith(author):
                return 2 if any(map(low.__contains__, AUTHOR_PHRASES)) else 1
        return 0

    def _place_figures(self, block: Block) -> list[float]:
        container, position = block.container, block.position
        steps, is_inside = self.places.of(container)
        headline = self.about.headline_position
        return [
            _TAGS.get(container.tag, 0),
            position / len(self.blocks),
            max(-30, min(position - headline, 60)) if headline >= 0 else -60,
            container.depth,
            1 if is_inside else 0,
            steps,
            (position > self.last_core) - (position < self.first_core),
            self.core_before[position],
        ]

    def _neighbour_figures(self, position: int) -> list[float]:
        before = self._sizes(position - 1)[0] if position else 0
        if position + 1 == len(self.blocks):
            return [before, 0, 0, -1]
        after = self.blocks[position + 1]
        return [before, *self._sizes(position + 1), _TAGS.get(after.tag, 0)]

    def _sizes(self, position: int) -> tuple[float, float]:
        """Asked three times of a block: of itself and of its neighbours."""
        found = self.sizes.get(position)
        if found is None:
            block = self.blocks[position]
            size = len(block.text)
            found = self.sizes[position] = (math.log(size), min(block.link_chars / size, 1.0))
        return found


class Zones:
    """What the names around the blocks of a page hint at, remembered per container."""

    def __init__(self, top: Container | None) -> None:
        self.limit = top.depth if top else 0
        self.known: dict[int, tuple[int, int]] = {}

    def of(self, block: Block) -> tuple[int, int, int]:
        """Return the hints of the block itself, of what lies between it and the top, and beyond."""
        container = block.container
        return (container.own | block.inline_hints, *self._around(container.parent))

    def _around(self, parent: Container | None) -> tuple[int, int]:
        found = self.known.get(id(parent))
        if found is None:
            inside, holder = 0, parent
            while holder is not None and holder.depth > self.limit:
                inside |= holder.own
                holder = holder.parent
            found = self.known[id(parent)] = (inside, holder.hints if holder else 0)
        return found


class _Places:
    """Where containers lie in the tree, remembered: blocks beside each other ask the same."""

    def __init__(self, top: Container | None, tight: Container | None) -> None:
        self.tight = tight
        self.line: set[Container] = set()
        while top is not None:
            self.line.add(top)
            top = top.parent
        self.known: dict[Container, tuple[int, bool]] = {}

    def of(self, container: Container) -> tuple[int, bool]:
        """Return (steps down from the line of root and top, whether it is the tight or inside)."""
        parent = container.parent
        if parent is None or container in self.line:
            return 0, container is self.tight
        steps, is_inside = self.known.get(parent) or self._known(parent)
        return steps + 1, is_inside or container is self.tight

    def _known(self, container: Container) -> tuple[int, bool]:
        steps, holder, is_inside = 0, container, container is self.tight
        while holder not in self.line and holder.parent is not None:
            holder = holder.parent
            is_inside = is_inside or holder is self.tight
            steps += 1
        found = self.known[container] = (steps, is_inside)
        return found


def _is_core(block: Block, top: Container | None, length: int) -> bool:
    """A paragraph nobody would doubt: long, hardly linked, in the wide container."""
    if len(block.text) < length or block.link_chars * 5 > len(block.text) * 2:
        return False
    holder: Container | None = block.container
    while holder is not None and holder is not top:
        holder = holder.parent
    return holder is not None and holder is top
