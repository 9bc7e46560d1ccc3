"""What the blocks that a site's template treats alike have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crawler.extraction.blocks import Block, Container

#: Of a group: characters of text, characters of links, number of blocks.
_Sums = list[int]
_Kind = tuple[str, str, str]


class Groups:
    """The blocks of a page by tag and class names, by parent, and by the parent's parent."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.alike: dict[_Kind, _Sums] = {}
        self.siblings: dict[Container | None, _Sums] = {}
        self.cousins: dict[Container | None, _Sums] = {}
        alike, siblings = self.alike, self.siblings
        for block in blocks:  # of every page, every block: no calls but those to the two tables
            container = block.container
            parent = container.parent
            size, linked = len(block.text), block.link_chars
            kind = (container.tag, container.signature, parent.signature if parent else "")
            if sums := alike.get(kind):
                sums[0] += size
                sums[1] += linked
                sums[2] += 1
            else:
                alike[kind] = [size, linked, 1]
            if sums := siblings.get(parent):
                sums[0] += size
                sums[1] += linked
                sums[2] += 1
            else:
                siblings[parent] = [size, linked, 1]
        for parent, sums in siblings.items():
            above = parent.parent if parent else None
            cousins = self.cousins.setdefault(above, [0, 0, 0])
            for n, value in enumerate(sums):
                cousins[n] += value

    def figures(self, container: Container, total: int) -> list[float]:
        """Return length, count, share of links and share of the page's text of the three groups.

        ``total`` is the length of the page's text.
        """
        parent = container.parent
        kind = (container.tag, container.signature, parent.signature if parent else "")
        above = parent.parent if parent else None
        return [
            figure
            for text, links, count in (self.alike[kind], self.siblings[parent], self.cousins[above])
            for figure in (math.log(1 + text), count, links / (text + 1), text / total)
        ]
