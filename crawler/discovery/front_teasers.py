"""What a front says beside an article's link: teaser, date, the image's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from crawler.discovery.front_links import Candidate, visible_words

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_STEPS = 4
_MOST_PARTS = 100
_LONGEST_BLOCK = 1_500
_SHORTEST_TEASER = 30
_BLOCKS = ("p", "div", "h1", "h2", "h3", "h4")
_ENDS = frozenset(("body", "html", "main", "ul", "ol", "table", "tbody"))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The texts around one article's links; empty where the page has none."""

    teaser: str = ""
    date: str = ""
    image_text: str = ""


def surroundings_of(candidates: Iterable[Candidate]) -> dict[str, Surroundings]:
    """Return by key what stands in the block of each article: the largest with no other article."""
    chosen = list(candidates)
    owner = {anchor.element: c.key for c in chosen for anchor in c.anchors}
    return {c.key: _surroundings(c, owner) for c in chosen}


def _surroundings(candidate: Candidate, owner: dict[_Element, str]) -> Surroundings:
    best = candidate.headline_anchor
    block = _block(best.element, candidate.key, owner)
    moment = next(block.iter("time"), None)
    date = (moment.get("datetime") or "") if moment is not None else ""
    image = next((i.get("alt") or "" for i in block.iter("img") if i.get("alt")), "")
    return Surroundings(
        teaser=_teaser(block, best.words),
        date=" ".join(date.split()),
        image_text=" ".join(image.split()),
    )


def _block(element: _Element, key: str, owner: dict[_Element, str]) -> _Element:
    """Climb from a link as long as no other article's link comes into view."""
    block = element
    for _ in range(_MOST_STEPS):
        above = block.getparent()
        if above is None or above.tag in _ENDS:
            break
        anchors = list(islice(above.iter("a"), _MOST_PARTS))
        if len(anchors) == _MOST_PARTS or any(owner.get(a, key) != key for a in anchors):
            break
        block = above
    return block


def _teaser(block: _Element, headline: str) -> str:
    """The longest paragraph beside the headline, else all the block says beside it."""
    best = ""
    for part in islice(block.iter("p", "span", "div", "h5", "h6", "dd"), _MOST_PARTS):
        if len(part) and next(part.iterdescendants(*_BLOCKS), None) is not None:
            continue
        words = visible_words(part)
        if len(words) > len(best) and len(words) <= _LONGEST_BLOCK and words not in headline:
            if headline and headline in words:
                words = words.replace(headline, "", 1).strip(" -–—:|")
            best = words if len(words) > len(best) else best
    if len(best) >= _SHORTEST_TEASER:
        return best
    if not headline:
        return ""
    rest = visible_words(block).replace(headline, "", 1).strip(" -–—:|")
    return rest if _SHORTEST_TEASER <= len(rest) <= _LONGEST_BLOCK and " " in rest else ""
