"""Leaves out the articles that a page appends behind its own, for readers who scroll on."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.extraction.blocks import Block, Container

# Less text than this behind the headline is a summary; the article may be elsewhere.
_ENOUGH = 800
_FEWEST = 6


def without_next_articles(chosen: Sequence[Block], headline: int) -> list[Block]:
    """Return the blocks that are not in another ``<article>`` with a headline of its own.

    ``headline`` is the position of the page's headline, -1 when it shows none. The page's article
    is the first one behind it that holds a text. An ``<article>`` without an h1 is a part of it: a
    chapter, a box, an entry.
    """
    holders = [_article_around(block) for block in chosen]
    sizes: dict[int, int] = {}
    for block, holder in zip(chosen, holders, strict=True):
        if holder is not None:
            sizes[id(holder)] = sizes.get(id(holder), 0) + len(block.text)
    if len(sizes) < 2 or len(chosen) < _FEWEST:
        return list(chosen)
    own = next(
        (
            holder
            for block, holder in zip(chosen, holders, strict=True)
            if holder is not None and block.position > headline and sizes[id(holder)] >= _ENOUGH
        ),
        None,
    )
    if own is None:
        return list(chosen)
    left_out: set[int] = set()
    begun = False
    for block, holder in zip(chosen, holders, strict=True):
        begun = begun or holder is own
        # between the headline and the text stands what belongs to both
        apart = begun or block.position < headline
        if apart and holder is not None and _is_other(holder, own):
            left_out.add(id(holder))
    return [b for b, h in zip(chosen, holders, strict=True) if id(h) not in left_out]


def _is_other(holder: Container, own: Container) -> bool:
    """Say whether two articles stand side by side and the other one has its own headline."""
    if _is_around(holder, own) or _is_around(own, holder):
        return False
    return next(holder.element.iter("h1"), None) is not None


def _article_around(block: Block) -> Container | None:
    """Return the innermost ``<article>`` that holds a block."""
    holder: Container | None = block.container
    while holder is not None and holder.tag != "article":
        holder = holder.parent
    return holder


def _is_around(outer: Container, inner: Container) -> bool:
    """Say whether ``outer`` is ``inner`` or holds it."""
    holder: Container | None = inner
    while holder is not None:
        if holder is outer:
            return True
        holder = holder.parent
    return False
