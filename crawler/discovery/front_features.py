"""Names the properties of a front's links that the model weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from crawler.discovery import address_words as words
from crawler.discovery.front_links import Candidate

_MARKS = frozenset(',:“"‘«「，：')
_DIGITS = frozenset("0123456789")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff]")
_GENERIC = re.compile(
    r"(?:(?:read|see|view|show|learn) )?more|full story|mehr|weiter(?:lesen)?|lire(?: la suite)?"
    r"|suite|leer más|ver más|más|leia mais|mais|continua|leggi(?: tutto)?|devam[ıi]?"
    r"|lees (?:meer|verder)|czytaj(?: dalej)?|więcej|läs mer|læs mere|подробнее|далее|更多|詳細"
    r"|続きを読む|더보기|selengkapnya|(?:\d+ )?comments?|kommentare|commentaires",
    re.IGNORECASE,
)


def link_features(candidates: Sequence[Candidate], url: str) -> list[frozenset[str]]:
    """Return for each candidate what its occurrences on the page at ``url`` look like."""
    parents = _parent_paths(candidates)
    here = urlsplit(url).path.rstrip("/")
    total = sum(len(c.anchors) for c in candidates) or 1
    return [frozenset(_features(c, parents, here, total)) for c in candidates]


def _parent_paths(candidates: Sequence[Candidate]) -> dict[str, int]:
    """How many other links of the page lie below each path: a section's path has many."""
    below: dict[str, int] = {}
    for path in {c.key.partition("?")[0] for c in candidates}:
        while (path := path.rpartition("/")[0]) and "/" in path:
            below[path] = below.get(path, 0) + 1
    return below


def headline_length(text: str) -> int:
    """Length in letters of an alphabet: a wide script says the same in fewer characters."""
    return len(text) if text.isascii() else len(text) + 2 * len(_WIDE.findall(text))


def _features(
    candidate: Candidate, parents: dict[str, int], here: str, total: int
) -> Iterator[str]:
    best = candidate.headline_anchor
    yield from _text_features(candidate, best.words)
    yield f"seen={min(len(candidate.anchors), 4)}"
    if any(a.heading for a in candidate.anchors):
        yield "heading"
    if any(a.image for a in candidate.anchors):
        yield "image"
        if best.words and not best.image:
            yield "image-and-headline"
    near = frozenset().union(*(a.place.near for a in candidate.anchors))
    for name in ("article", "headline-name", "item"):
        if name in near:
            yield f"near={name}"
    zones = frozenset.intersection(*(a.place.zones for a in candidate.anchors))
    yield from (f"zone={zone}" for zone in zones)
    if not zones:
        yield "zone=none"
    path = candidate.key.partition("?")[0]
    below = parents.get(path, 0)
    if below:
        yield f"parent-of={'1' if below == 1 else '2-4' if below < 5 else '5+'}"
    if here and len(here) > 1 and urlsplit(candidate.url).path.startswith(here + "/"):
        yield "below-this-page"
    first = candidate.anchors[0].index / total
    yield f"place={'first-tenth' if first < 0.1 else 'last-tenth' if first > 0.9 else 'middle'}"


def _text_features(candidate: Candidate, text: str) -> Iterator[str]:
    length = headline_length(text)
    yield f"length={_length_name(length)}"
    if _GENERIC.fullmatch(text.strip(" .…»›>→")):
        yield "generic-words"
    if not text:
        titles = max((headline_length(a.title) for a in candidate.anchors), default=0)
        if titles > 20:
            yield "long-title"
    if text and text == text.upper() and text != text.lower():
        yield "capitals"
    if text.endswith((".", "…", "?", "!", "”", '"', "»", "。")):
        yield "sentence-end"
    letters = frozenset(text)
    if letters & _MARKS:
        yield "sentence-mark"
    if letters & _DIGITS:
        yield "digits"
    if any(w in words.MEDIA for w in text.lower().split()[:2]):
        yield "names-media"


def _length_name(length: int) -> str:
    for limit in (1, 6, 12, 18, 25, 35, 50, 75, 120, 250):
        if length < limit:
            return f"below-{limit}"
    return "250+"
