"""Chooses the blocks of a page that are the article."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crawler.extraction.blocks import HEADINGS, Block, Container
from crawler.extraction.body_features import Surroundings
from crawler.extraction.body_model import body_model
from crawler.extraction.hints import bits_of
from crawler.extraction.next_articles import without_next_articles
from crawler.extraction.plain_text import words
from crawler.extraction.site_memory import SiteMemory

#: Names that put a paragraph in doubt while the top container is sought.
_HARD = bits_of("related comment ad nav footer sidebar newsletter consent popup caption")
# An ancestor that holds this much more text holds another part of the article, not a teaser.
_WIDEN = 1.3
#: Even odds, after calibration to the page.
THRESHOLD = 0.0
# Page calibration: on a page unlike those learnt from all scores are low, the article's too.
_SURE = 2.8  # what the better paragraphs of a page are expected to score
_MOST_SHIFT = 3.0
# A short block says little about itself; up to this share its neighbours speak for it.
_NEIGHBOURS = 0.3
_FADES = 150.0  # characters after which a block speaks for itself
_MOST_PULL = 3.0
_MOST_SAY = 400  # characters of a neighbour that count
_BEST_BAND = 3.0  # paragraphs within this of the best are taken for the article's
_QUANTILE = 0.7
# A block this long may hold the whole text once more; another one is known by its beginning.
_LONG, _SHORT, _BEGINNING = 600, 40, 60
_LEAST_TEXT = 200  # characters above the updates of a live blog


def choose_body(
    blocks: Sequence[Block],
    about: Surroundings,
    *,
    memory: SiteMemory | None = None,
    url: str = "",
) -> list[Block]:
    """Return the blocks of the article body in reading order; empty when there is none."""
    scored = body_model().scores(blocks, about)
    if memory is not None:
        scored = memory.adjusted(scored, url)
    return choose_among(scored, about)


def choose_among(scored: Sequence[tuple[Block, float]], about: Surroundings) -> list[Block]:
    """Return the blocks whose score, after calibration to the page, is above the threshold."""
    scored = _among_neighbours(scored)
    shift = page_shift(scored)
    title = words(about.title)
    chosen: list[Block] = []
    for block, score in scored:
        if score + shift <= THRESHOLD:
            continue
        if len(block.text) < 300 and words(block.text) == title:
            continue  # the headline once more
        chosen.append(block)
    if about.first_update is not None:
        chosen = _above(about.first_update, chosen)
    chosen = without_next_articles(_without_copies(chosen), about.headline_position)
    while chosen and chosen[-1].tag in HEADINGS:
        chosen.pop()  # a heading with nothing under it announces something else
    return chosen


def _above(update: int, chosen: Sequence[Block]) -> list[Block]:
    """Return what a live blog says above its updates; all of it where that is next to nothing."""
    text = [block for block in chosen if block.position < update]
    return text if sum(len(block.text) for block in text) >= _LEAST_TEXT else list(chosen)


def _among_neighbours(scored: Sequence[tuple[Block, float]]) -> list[tuple[Block, float]]:
    """Return the scores of short blocks moved towards those beside them.

    A heading, a list item or one sentence of dialogue reads like furniture by itself; between two
    paragraphs of the article it is the article's, between two teasers it is not.
    """
    if len(scored) < 3:
        return list(scored)
    sizes = [0, *(min(len(block.text), _MOST_SAY) for block, _ in scored), 0]
    values = [0.0, *(score for _, score in scored), 0.0]
    moved = []
    for at, (block, score) in enumerate(scored, start=1):
        before, after = sizes[at - 1], sizes[at + 1]
        beside = (values[at - 1] * before + values[at + 1] * after) / (before + after)
        pull = min(max(beside - score, -_MOST_PULL), _MOST_PULL)
        moved.append((block, score + _NEIGHBOURS * pull * math.exp(-sizes[at] / _FADES)))
    return moved


def _without_copies(chosen: Sequence[Block]) -> list[Block]:
    """Return the blocks without those that hold the others once more, all in one.

    Templates put the whole text a second time into a hidden box, for scripts and machines.
    """
    kept = []
    for block in chosen:
        if len(block.text) > _LONG:
            told = (
                len(other.text)
                for other in chosen
                if _SHORT < len(other.text) < len(block.text)
                and other.text[:_BEGINNING] in block.text
            )
            if sum(told) * 2 > len(block.text):
                continue
        kept.append(block)
    return kept


def page_shift(scored: Sequence[tuple[Block, float]]) -> float:
    """Return what to add to all scores of a page, so that its better paragraphs are sure."""
    long = sorted((score, len(b.text)) for b, score in scored if len(b.text) > 60)
    if not long:
        return 0.0
    best = [(score, size) for score, size in long if score > long[-1][0] - _BEST_BAND]
    limit, passed = _QUANTILE * sum(size for _, size in best), 0
    for score, size in best:
        passed += size
        if passed >= limit:
            return min(max(_SURE - score, 0.0), _MOST_SHIFT)
    return 0.0


def top_containers(blocks: Sequence[Block]) -> tuple[Container | None, Container | None]:
    """Return (tight, wide): what holds the densest paragraphs, and what holds nearly all of them.

    A text that is wrapped paragraph by paragraph, or cut by advertisements into several
    containers, has a tight container with little of it.
    """
    scored: list[Container] = []
    for block in blocks:
        text, size = block.text, len(block.text)
        if size < 40 or block.link_chars * 2 > size:
            continue
        # wrappers are named "has-sidebar", "ad-free": a name is a doubt, not a verdict
        trust = 0.2 if block.hints & _HARD else 1.0
        trusted = int(size * trust)
        holder: Container | None = block.container
        while holder is not None:
            holder.text += trusted
            holder = holder.parent
        worth = 1 + min(size / 100, 3) + min(text.count(",") + text.count("，"), 5) * 0.3
        _give(block.container, worth * trust * (1 - block.link_chars / size), scored)
    tight = max(scored, key=lambda c: c.score, default=None)
    wide = tight
    holder = tight.parent if tight else None
    while holder is not None and wide is not None:
        if holder.text > wide.text * _WIDEN:
            wide = holder
        holder = holder.parent
    return tight, wide


def _give(container: Container, worth: float, scored: list[Container]) -> None:
    """Give a paragraph's worth to the containers around it, less the farther away."""
    holder: Container | None = container
    if container.tag in ("p", "li", "blockquote", *HEADINGS) and container.parent:
        holder = container.parent
    share = 1.0
    while holder is not None and share > 0.1:
        if not holder.score:
            scored.append(holder)
        holder.score += worth * share
        share *= 0.6
        holder = holder.parent
