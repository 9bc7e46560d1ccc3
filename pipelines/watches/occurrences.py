"""Where words, phrases and neighbourhoods stand in an article."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from pipelines.watches.readable import ReadableArticle, ReadableField
from pipelines.watches.tree import AnyOf, Near, TextField, Watch, Words


class Occurrence(NamedTuple):
    """One place in a field: the runs of words (first, last) that make it up, in order."""

    field: TextField
    runs: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """The position of its first word."""
        return self.runs[0][0]

    @property
    def last(self) -> int:
        """The position of its last word."""
        return max(last for _, last in self.runs)


def occurrences(node: Watch, article: ReadableArticle) -> Iterator[Occurrence]:
    """Yield the places where a Words, a Near or an AnyOf of them holds; nothing for other nodes."""
    if isinstance(node, Words):
        yield from _of_words(node, article)
    elif isinstance(node, Near):
        yield from _of_near(node, article)
    elif isinstance(node, AnyOf):
        for part in node.parts:
            yield from occurrences(part, article)


def _of_words(node: Words, article: ReadableArticle) -> Iterator[Occurrence]:
    length = len(node.words)
    for name in node.fields:
        field = article.field(name)
        for first in _starts(node, field):
            if node.spelling is None or _is_spelled(node, field, first):
                yield Occurrence(name, ((first, first + length - 1),))


def _starts(node: Words, field: ReadableField) -> Iterator[int]:
    words, places = node.words, field.places
    if len(words) == 1:
        for word in field.words_from(words[0]) if node.is_prefix else words:
            yield from places.get(word, ())
        return
    whole = words[:-1] if node.is_prefix else words
    if not all(word in places for word in whole):
        return
    rarest = min(range(len(whole)), key=lambda index: len(places[whole[index]]))
    text, length = field.words, len(words)
    for place in places[whole[rarest]]:
        first = place - rarest
        if first < 0 or first + length > len(text):
            continue
        if tuple(text[first : first + len(whole)]) != whole:
            continue
        if node.is_prefix and not text[first + length - 1].startswith(words[-1]):
            continue
        glue = enumerate(node.glued)
        if all(not asked or field.is_glued(first + index) for index, asked in glue):
            yield first


def _is_spelled(node: Words, field: ReadableField, first: int) -> bool:
    assert node.spelling is not None
    *whole, last = field.spellings[first : first + len(node.words)]
    if tuple(whole) != node.spelling[:-1]:
        return False
    return last.startswith(node.spelling[-1]) if node.is_prefix else last == node.spelling[-1]


def _of_near(node: Near, article: ReadableArticle) -> Iterator[Occurrence]:
    """Yield every pair within reach; a pair that shares a word is none."""
    by_field: dict[TextField, list[Occurrence]] = {}
    for place in sorted(set(occurrences(node.right, article)), key=_first):
        by_field.setdefault(place.field, []).append(place)
    if not by_field:
        return
    widest = max(place.last - place.first for places in by_field.values() for place in places)
    seen: set[Occurrence] = set()
    for left in occurrences(node.left, article):
        rights = by_field.get(left.field, [])
        nearest = bisect_left(rights, left.first - node.distance - widest, key=_first)
        for right in islice(rights, nearest, None):
            if right.first > left.last + node.distance:
                break
            if not _is_near(left, right, node):
                continue
            pair = Occurrence(left.field, tuple(sorted(left.runs + right.runs)))
            if pair not in seen:
                seen.add(pair)
                yield pair


def _first(place: Occurrence) -> int:
    return place.first


def _is_near(left: Occurrence, right: Occurrence, node: Near) -> bool:
    if node.in_order:
        return 0 < right.first - left.last <= node.distance
    closest = node.distance + 1
    for one in left.runs:
        for two in right.runs:
            gap = max(two[0] - one[1], one[0] - two[1])
            if gap <= 0:
                return False  # they share a word
            closest = min(closest, gap)
    return closest <= node.distance
