"""What the blocks that a site's template treats alike have in common."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import TypeVar

from crawler.extraction.blocks import Block, Container

#: Of a group: characters of text, characters of links, number of blocks.
_Sums = list[int]
_Kind = tuple[str, str, str]
_Key = TypeVar("_Key", bound=Hashable)


class Groups:
    """The blocks of a page by tag and class names, by parent, and by the parent's parent."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.alike: dict[_Kind, _Sums] = {}
        self.siblings: dict[Container | None, _Sums] = {}
        self.cousins: dict[Container | None, _Sums] = {}
        for block in blocks:
            size, linked = len(block.text), block.link_chars
            _add(self.alike, _kind(block.container), size, linked, 1)
            _add(self.siblings, block.container.parent, size, linked, 1)
        for parent, (size, linked, count) in self.siblings.items():
            _add(self.cousins, parent.parent if parent else None, size, linked, count)

    def figures(self, container: Container, total: int) -> list[float]:
        """Return length, count, share of links and share of the page's text of the three groups.

        ``total`` is the length of the page's text.
        """
        parent = container.parent
        cousins = self.cousins[parent.parent if parent else None]
        return [
            figure
            for text, links, count in (self.alike[_kind(container)], self.siblings[parent], cousins)
            for figure in (math.log(1 + text), count, links / (text + 1), text / total)
        ]


def _kind(container: Container) -> _Kind:
    parent = container.parent
    return container.tag, container.signature, parent.signature if parent else ""


def _add(sums: dict[_Key, _Sums], key: _Key, text: int, links: int, count: int) -> None:
    group = sums.get(key)
    if group is None:
        sums[key] = [text, links, count]
    else:
        group[0] += text
        group[1] += links
        group[2] += count
