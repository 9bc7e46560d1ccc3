"""The words of a text and where they stand: one rule for live matching and for the search index."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipelines.words import _SEPARATORS, UNSPACED, folded

# What joins letters or stretches a word, and is no letter: "می‌خواهم" is written both ways.
_JOINERS = "\u200c\u200d\u0640"
_DROP_JOINERS = {ord(joiner): None for joiner in _JOINERS}
_CHUNK = re.compile(rf"(?:[^\s\x00-/:-@\[-`{{-\x7f{_SEPARATORS.pattern[1:-1]}]|[{_JOINERS}])+")
# One sign of a script without spaces with the marks that belong to it, or a run of anything else.
_SIGN = re.compile(
    rf"{UNSPACED.pattern}[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f]*|(?:(?!{UNSPACED.pattern}).)+"
)
_ASCII = bytes(
    code if code > 127 else ord(chr(code).lower()) if chr(code).isalnum() else 32
    for code in range(256)
)
# Marks over and under the letters of European scripts, Hebrew points and Arabic vowel signs are
# spelling habits; in other scripts a mark is a letter.
_ACCENT = re.compile(
    r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+"
)
# Letters that Unicode does not take apart, and that people without that keyboard write so.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d"}
    | {"æ": "ae", "œ": "oe", "þ": "th", "Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE"}
)


class WordSpan(NamedTuple):
    """One folded word, and the characters of the text from which it was folded."""

    word: str
    start: int
    end: int


def text_words(text: str) -> list[str]:
    """Return the words of a text in order: NFKC, without case and accents, ß as ss.

    A word is a run of letters, digits and marks; apostrophes, hyphens, dots and the like part
    words ("AT&T" is two). In scripts written without spaces each sign is a word of its own, so
    that a word in them is found as a run of signs anywhere in the running text.
    """
    if text.isascii():
        return text.encode("ascii").translate(_ASCII).decode("ascii").split()
    words: list[str] = []
    for chunk in _CHUNK.findall(text):
        if chunk.isascii():
            words.append(chunk.lower())
        else:
            words.extend(_fold(chunk))
    return words


def word_spans(text: str) -> list[WordSpan]:
    """Return the same words as ``text_words`` with their places in the text."""
    spans: list[WordSpan] = []
    for found in _CHUNK.finditer(text):
        chunk, start = found.group(), found.start()
        words = (chunk.lower(),) if chunk.isascii() else _fold(chunk)
        if len(words) < 2:
            spans.extend(WordSpan(word, start, found.end()) for word in words)
            continue
        signs = [
            WordSpan(word, start + sign.start(), start + sign.end())
            for sign in _SIGN.finditer(chunk)
            for word in _fold(sign.group())
        ]
        if tuple(sign.word for sign in signs) != words:  # taken together they fold differently
            signs = [WordSpan(word, start, found.end()) for word in words]
        spans.extend(signs)
    return spans


def spelled(text: str) -> str:
    """Return text folded as words are, but with its upper and lower case: for case-exact terms."""
    if text.isascii():
        return text
    return _without_accents(unicodedata.normalize("NFKC", text.translate(_DROP_JOINERS)))


def is_sign(word: str) -> bool:
    """Is this folded word one sign of a script written without spaces?"""
    return not word.isascii() and UNSPACED.match(word) is not None


@lru_cache(65_536)
def _fold(chunk: str) -> tuple[str, ...]:
    bare = chunk.translate(_DROP_JOINERS)
    if bare.isascii():
        return tuple(bare.lower().split())
    words = folded(_without_accents(folded(bare)))
    if words.isascii():
        return tuple(words.split())
    return tuple(UNSPACED.sub(r" \g<0> ", words).split())


def _without_accents(text: str) -> str:
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)
