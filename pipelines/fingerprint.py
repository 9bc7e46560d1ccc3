"""Fingerprints of texts: the same words give the same value on every machine, for ever."""

from __future__ import annotations

import re
import sys
from array import array
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, chain, pairwise

from pipelines.words import UNSPACED, folded_bytes

#: Words in one shingle: shorter ones meet by chance, longer ones miss lightly edited copies.
SHINGLE = 5
#: Hashes kept of one text; the error of an estimated share is about 1 / sqrt(128) / 2 = 4 %.
SKETCH = 128
#: Hashes of word pairs kept of one text. Rewording breaks shingles faster than pairs, taking over
#: whole paragraphs breaks both alike: the difference tells an edited copy from a shared passage.
PAIR_SKETCH = 64
#: Hashes of one text that an index stores; 160 bytes in SQLite.
ANCHORS = 10
#: Parts of a text whose smallest hash is an anchor, so that every longer cut of it keeps one.
ANCHORED_PARTS = 5
#: Hashes of a new text that are looked up. More than are stored, because the anchors of a shorter
#: text lie further up in the sketch of the longer one that contains it.
LOOKED_UP = 32
#: Numbers kept of one text.
NUMBERS = 32
# 48 bits: six bytes in SQLite's records and in a stored sketch, and 32 million anchors still
# meet by chance less than once in ten thousand look-ups
_HASH_BYTES = 6
_FORM = 1
_HEAD = 9
_LARGEST_VOCABULARY = 400_000
# lead bytes of UTF-8 from U+0800 on, where the scripts without spaces begin
_THREE_BYTES = re.compile(rb"[\xe0-\xf4]")
_NUMBER = re.compile(r"[0-9][0-9.,:]*")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is remembered of a text in order to recognise it again.

    ``sketch``: the smallest hashes of its shingles, ascending, at most SKETCH of them.
    ``shingles``: how many different shingles there are. ``pairs``: the same as ``sketch`` for
    pairs of words, at most PAIR_SKETCH. ``numbers``: the smallest hashes of the numbers in it.
    ``anchors``: the hashes to store in an index; none for a text that is too short to recognise.
    """

    sketch: tuple[int, ...]
    shingles: int
    pairs: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()

    @property
    def looked_up(self) -> tuple[int, ...]:
        """The hashes to look up in that index."""
        return self.sketch[:LOOKED_UP]

    def to_bytes(self) -> bytes:
        """Return the stored form; about 1,400 bytes for a long article."""
        parts = (self.sketch, self.pairs, self.numbers, self.anchors)
        head = bytes((_FORM, *map(len, parts))) + self.shingles.to_bytes(4, "big")
        hashes = chain.from_iterable(parts)
        return head + b"".join(value.to_bytes(_HASH_BYTES, "big") for value in hashes)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Fingerprint:
        """Return the fingerprint that ``to_bytes`` stored. ValueError: it is something else."""
        if len(stored) < _HEAD or stored[0] != _FORM:
            raise ValueError("not a fingerprint, or one of another release")
        ends = list(accumulate(stored[1:5]))
        if len(stored) != _HEAD + ends[-1] * _HASH_BYTES:
            raise ValueError("a fingerprint of the wrong length")
        hashes = tuple(
            int.from_bytes(stored[at : at + _HASH_BYTES], "big")
            for at in range(_HEAD, len(stored), _HASH_BYTES)
        )
        return cls(
            sketch=hashes[: ends[0]],
            shingles=int.from_bytes(stored[5:_HEAD], "big"),
            pairs=hashes[ends[0] : ends[1]],
            numbers=hashes[ends[1] : ends[2]],
            anchors=hashes[ends[2] :],
        )


def text_hash(text: str) -> str:
    """Return 32 hex digits that are equal for texts with the same words in the same order.

    Case, punctuation, white space and Unicode's compatibility forms make no difference.
    """
    words = folded_bytes(text).split()
    return blake2b(b" ".join(words), digest_size=16).hexdigest()


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of an article's body, in any script; empty below SHINGLE words."""
    pairs, shingles = _run_hashes(_tokens(folded_bytes(text)))
    sketch, different = _smallest(shingles, SKETCH)
    return Fingerprint(
        sketch=sketch,
        shingles=different,
        pairs=_smallest(pairs, PAIR_SKETCH)[0] if sketch else (),
        numbers=_number_hashes(text),
        anchors=_anchors(shingles, sketch),
    )


def _tokens(text: bytes) -> list[bytes]:
    words = text.split()
    if _THREE_BYTES.search(text) is None:
        return words
    decoded = text.decode("utf-8")
    if UNSPACED.search(decoded) is None:
        return words
    tokens: list[str] = []
    for word in decoded.split():
        if UNSPACED.search(word) is None:
            tokens.append(word)
        else:  # three characters carry about what a word carries
            tokens.extend(word[at : at + 3] for at in range(max(1, len(word) - 2)))
    return [token.encode("utf-8") for token in tokens]


class _WordHashes(dict[bytes, bytes]):
    """Eight bytes for every word, kept for the next text."""

    def __missing__(self, word: bytes) -> bytes:
        if len(self) >= _LARGEST_VOCABULARY:
            self.clear()
        value = blake2b(word, digest_size=8).digest()
        self[word] = value
        return value


_word_hashes = _WordHashes()
# Bits by which the hash of a word is turned for its place in the run, so that order counts.
_TURNS = (0, 13, 26, 39, 52)
# Longer texts go part by part; the parts overlap so that no run is lost or counted twice.
_MASKED_WORDS = 4096
_STEP = _MASKED_WORDS - SHINGLE + 1
_LOW = {
    turn: int.from_bytes(((1 << turn) - 1).to_bytes(8, "little") * _MASKED_WORDS, "little")
    for turn in _TURNS
}
_HIGH = {turn: _LOW[turn] ^ ((1 << 64 * _MASKED_WORDS) - 1) for turn in _TURNS}


def _run_hashes(tokens: list[bytes]) -> tuple[array[int], array[int]]:
    """A 64-bit hash for every pair of tokens, and one for every run of SHINGLE tokens.

    Cyclic polynomials (D. Lemire, O. Kaser 2010: the words' hashes, rotated by place, XORed), for
    all runs of the text at once in a few operations on one long integer: ten times faster than
    run by run.
    """
    pairs, runs = array("Q"), array("Q")
    for start in range(0, max(1, len(tokens) - 1), _STEP):
        part = tokens[start : start + _MASKED_WORDS]
        row = int.from_bytes(b"".join(map(_word_hashes.__getitem__, part)), "little")
        mixed = row
        for place, turn in enumerate(_TURNS[1:], start=1):
            turned = (row << turn & _HIGH[turn]) | (row >> (64 - turn) & _LOW[turn])
            mixed ^= turned >> (64 * place)
            if place == 1:
                pairs.extend(_lanes(mixed, len(part), min(_STEP, len(part) - 1)))
        runs.extend(_lanes(mixed, len(part), len(part) - SHINGLE + 1))
    return pairs, runs


def _lanes(row: int, words: int, count: int) -> array[int]:
    hashes = array("Q", row.to_bytes(8 * words, "little")[: 8 * max(0, count)])
    if sys.byteorder == "big":
        hashes.byteswap()
    return hashes


def _smallest(hashes: array[int], wanted: int) -> tuple[tuple[int, ...], int]:
    """The smallest different hashes, ascending, in 48 bits; and how many different ones there are.

    For long texts the count is estimated from the share of repetitions among the smallest.
    """
    if len(hashes) > 2 * wanted:
        # the hashes are spread evenly: look only at the range that holds half more than is wanted
        limit = (1 << 64) // len(hashes) * 3 * wanted // 2
        below = [value for value in hashes if value < limit]
        different = set(below)
        if len(different) >= wanted:
            smallest = tuple([value >> 16 for value in sorted(different)[:wanted]])
            return smallest, len(hashes) * len(different) // len(below)
    different = set(hashes)
    return tuple([value >> 16 for value in sorted(different)[:wanted]]), len(different)


def _anchors(shingles: array[int], sketch: tuple[int, ...]) -> tuple[int, ...]:
    """The smallest hash of each part of the text, and the smallest of all."""
    length = len(shingles)
    starts = [length * part // ANCHORED_PARTS for part in range(ANCHORED_PARTS + 1)]
    anchors = {min(shingles[start:end]) >> 16 for start, end in pairwise(starts) if start < end}
    for value in sketch:
        if len(anchors) >= ANCHORS:
            break
        anchors.add(value)
    return tuple(sorted(anchors))


def _number_hashes(text: str) -> tuple[int, ...]:
    numbers = {number.rstrip(".,:") for number in _NUMBER.findall(text)}
    hashes = [
        int.from_bytes(_word_hashes[number.encode()][:_HASH_BYTES], "big") for number in numbers
    ]
    return tuple(sorted(hashes)[:NUMBERS])
