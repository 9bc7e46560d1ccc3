"""What the blocks that a site's template treats alike have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extraction.blocks import Block, Container


@dataclass(slots=True)
class _Group:
    text: int = 0
    links: int = 0
    count: int = 0

    def figures(self, total: int) -> tuple[float, int, float, float]:
        return (
            math.log(1 + self.text),
            self.count,
            self.links / (self.text + 1),
            self.text / total,
        )


class Groups:
    """The blocks of a page by tag and class names, by parent, and by the parent's parent."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.alike: dict[tuple[str, str, str], _Group] = {}
        self.siblings: dict[int, _Group] = {}
        self.cousins: dict[int, _Group] = {}
        parents: dict[int, Container | None] = {}
        for block in blocks:
            container = block.container
            parent, kind = container.parent, _kind(container)
            alike, siblings = self.alike.get(kind), self.siblings.get(id(parent))
            if alike is None:
                alike = self.alike[kind] = _Group()
            if siblings is None:
                siblings = self.siblings[id(parent)] = _Group()
                parents[id(parent)] = parent
            size, linked = len(block.text), block.link_chars
            alike.text += size
            alike.links += linked
            alike.count += 1
            siblings.text += size
            siblings.links += linked
            siblings.count += 1
        for key, group in self.siblings.items():
            cousins = self.cousins.setdefault(_parent_id(parents[key]), _Group())
            cousins.text += group.text
            cousins.links += group.links
            cousins.count += group.count

    def figures(self, container: Container, total: int) -> list[float]:
        """Return length, count, share of links and share of the page's text of the three groups.

        ``total`` is the length of the page's text.
        """
        parent = container.parent
        return [
            *self.alike[_kind(container)].figures(total),
            *self.siblings[id(parent)].figures(total),
            *self.cousins[_parent_id(parent)].figures(total),
        ]


def _kind(container: Container) -> tuple[str, str, str]:
    parent = container.parent
    return container.tag, container.signature, parent.signature if parent else ""


def _parent_id(container: Container | None) -> int:
    return id(container.parent if container else None)
