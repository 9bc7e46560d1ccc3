"""Words that a site puts on its articles, and nobody wrote into one: told apart from edits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from hashlib import blake2b
from typing import Literal

from pipelines.revisions import Wording, correction_notes, opcodes
from pipelines.word_spans import text_words, word_spans

#: A whole paragraph; the beginning or the end of one, or of the headline; or any few words before a
#: headline, parted from it by the same sign ("Politics: ", "Sport: ").
Place = Literal["line", "line-start", "line-end", "headline-start", "headline-end", "kicker"]

_NUMBER = re.compile(r"\d+")
_SEPARATOR = re.compile(r"\s*([:|–—/•·»›]|\s-)\s*\Z")
_LONGEST_KICKER = 4  # words
_LONGEST_HEADLINE_PART, _LONGEST_LINE_PART = 8, 60
_FEWEST_AT_THE_END = 2  # words; single ones come and go at the ends of sentences
_MOST_PIECES = 60  # of one change; a site's own words stand at the beginning and at the end
_MOST_CUTS = 3  # of one line: a kicker before a date before the text


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that were added to an article or taken from it.

    ``words``: folded, numbers as 0, so that "29 comments" and "3 comments" are the same piece.
    ``shown`` is one of them as printed.
    """

    place: Place
    words: str
    shown: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """A short name that is equal for equal pieces."""
        return blake2b(f"{self.place} {self.words}".encode(), digest_size=16).hexdigest()


def changed_pieces(old: Wording, new: Wording) -> list[Piece]:
    """Return what came and went between two wordings, as far as it may be the site's.

    That is: whole paragraphs, and what stands before or behind a text that stayed. A correction
    note never is the site's.
    """
    pieces = _headline_pieces(old.headline, new.headline)
    notes = {_masked(note) for body in (old.body, new.body) for note in correction_notes(body)}
    for _, before, after in (c for c in opcodes(_lines(old), _lines(new)) if c[0] != "equal"):
        gone, come = Counter(map(_masked, before)), Counter(map(_masked, after))
        for line in (*before, *after):
            words = _masked(line)
            if gone[words] != come[words] and words not in notes:
                pieces.append(Piece("line", " ".join(words), line))
        if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                if not notes & {_masked(one), _masked(other)}:
                    pieces += _line_pieces(one, other)
    different = list(dict.fromkeys(piece for piece in pieces if piece.words))
    if len(different) <= _MOST_PIECES:
        return different
    return different[: _MOST_PIECES // 2] + different[-_MOST_PIECES // 2 :]


def line_pieces(lines: Iterable[str]) -> list[Piece]:
    """Return whole paragraphs as pieces."""
    made = (Piece("line", " ".join(_masked(line)), line) for line in lines)
    return list(dict.fromkeys(piece for piece in made if piece.words))


class SiteWords:
    """What is known to be a site's own words on its articles."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._words: dict[Place, set[tuple[str, ...]]] = {}
        for piece in pieces:
            self._words.setdefault(piece.place, set()).add(tuple(piece.words.split(" ")))

    def __bool__(self) -> bool:
        return bool(self._words)

    def without(self, wording: Wording) -> Wording:
        """Return a wording without the site's words; the rest stays as printed."""
        if not self._words:
            return wording
        headline = self._cut(wording.headline, "headline-start", "headline-end")
        return replace(wording, headline=headline or wording.headline, body=self.body(wording.body))

    def body(self, body: str) -> str:
        """Return a text without the site's words."""
        if not self._words:
            return body
        lines = self._words.get("line", set())
        kept = (line for line in body.split("\n") if _masked(line) not in lines)
        return "\n".join(filter(None, (self._cut(line, "line-start", "line-end") for line in kept)))

    def apart(self, old: Wording, new: Wording) -> tuple[Wording, Wording]:
        """Return two wordings of an article with what differs between them, the site's apart."""
        old, new = self.without(old), self.without(new)
        signs = {sign for words in self._words.get("kicker", ()) for sign in words}
        if signs and _differ_by_kicker(old.headline, new.headline, signs):
            new = replace(new, headline=old.headline)
        return old, new

    def _cut(self, line: str, start: Place, end: Place) -> str:
        heads, tails = self._words.get(start, ()), self._words.get(end, ())
        for _ in range(_MOST_CUTS if heads or tails else 0):
            words = _masked(line)
            head, tail = _head(heads, words), _tail(tails, words)
            if not (head or tail):
                break
            spans = word_spans(line)[head : len(words) - tail]
            if not spans:
                return ""
            line = line[spans[0].start if head else 0 : spans[-1].end if tail else None]
        return line


def _head(known: Collection[tuple[str, ...]], words: tuple[str, ...]) -> int:
    return max((len(part) for part in known if words[: len(part)] == part), default=0)


def _tail(known: Collection[tuple[str, ...]], words: tuple[str, ...]) -> int:
    return max((len(part) for part in known if words[-len(part) :] == part), default=0)


def _lines(wording: Wording) -> list[str]:
    return [line for line in wording.body.split("\n") if line.strip()]


def _masked(text: str) -> tuple[str, ...]:
    return tuple(_NUMBER.sub("0", word) for word in text_words(text))


def _stayed(one: Sequence[str], other: Sequence[str]) -> tuple[slice, slice] | None:
    """The longest run of words that both have; None where it is not half of the shorter text."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    match = matcher.find_longest_match()
    if not match.size or 2 * match.size < min(len(one), len(other)):
        return None
    return slice(match.a, match.a + match.size), slice(match.b, match.b + match.size)


def _headline_pieces(old: str, new: str) -> list[Piece]:
    pieces = []
    for head, tail in _ends_of_both(old, new):
        if 0 < len(head.words) <= _LONGEST_HEADLINE_PART:
            pieces.append(head.piece("headline-start"))
        if 0 < len(tail.words) <= _LONGEST_HEADLINE_PART:
            pieces.append(tail.piece("headline-end"))
        sign = _SEPARATOR.search(head.shown)
        if sign and 0 < len(head.words) <= _LONGEST_KICKER:
            pieces.append(Piece("kicker", sign[1].strip(), head.shown))
    return pieces


def _line_pieces(old: str, new: str) -> list[Piece]:
    pieces = []
    for head, tail in _ends_of_both(old, new):
        if 0 < len(head.words) <= _LONGEST_LINE_PART:
            pieces.append(head.piece("line-start"))
        if _FEWEST_AT_THE_END <= len(tail.words) <= _LONGEST_LINE_PART:
            pieces.append(tail.piece("line-end"))
    return pieces


@dataclass(frozen=True, slots=True)
class _End:
    """What stands before or behind the words that stayed."""

    words: tuple[str, ...]
    shown: str

    def piece(self, place: Place) -> Piece:
        return Piece(place, " ".join(self.words), self.shown)


def _ends_of_both(old: str, new: str) -> Iterator[tuple[_End, _End]]:
    """Yield what stands before and behind what stayed, in the old text and in the new one."""
    stayed = _stayed(_masked(old), _masked(new))
    for text, kept in zip((old, new), stayed or (), strict=stayed is not None):
        words, spans = _masked(text), word_spans(text)
        before, behind = text[: spans[kept.start].start], text[spans[kept.stop - 1].end :]
        yield _End(words[: kept.start], before.strip()), _End(words[kept.stop :], behind.strip())


def _differ_by_kicker(old: str, new: str, signs: Collection[str]) -> bool:
    """Whether two headlines are the same behind a few words with one of these signs."""
    olds = {_masked(old), *_behind_kicker(old, signs)}
    return bool(olds & {_masked(new), *_behind_kicker(new, signs)})


def _behind_kicker(headline: str, signs: Collection[str]) -> list[tuple[str, ...]]:
    spans = word_spans(headline)
    for count in range(1, min(_LONGEST_KICKER + 1, len(spans))):
        sign = _SEPARATOR.search(headline[: spans[count].start])
        if sign and sign[1].strip() in signs:
            return [_masked(headline[spans[count].start :])]
    return []
