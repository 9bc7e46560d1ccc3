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
# Signs among the separators that fold into letters or digits (NFKC): ①, №, ™, ℃.
_FOLDING = (
    r"\u20a8\u2100-\u2103\u2105-\u2107\u2109-\u2113\u2115\u2116\u2119-\u211d\u2120-\u2122\u2124\u2126"
    r"\u2128\u212a-\u212d\u212f-\u2131\u2133-\u2139\u213b-\u213f\u2145-\u2149\u2460-\u24ea"
    r"\U0001f100-\U0001f10a\U0001f110-\U0001f12e\U0001f130-\U0001f14f\U0001f16a-\U0001f16c"
    r"\U0001f190\U0001f200-\U0001f202\U0001f210-\U0001f23b\U0001f240-\U0001f248\U0001f250\U0001f251"
)
_CHUNK = re.compile(
    rf"(?:[^\s\x00-/:-@\[-`{{-\x7f{_SEPARATORS.pattern[1:-1]}]|[{_JOINERS}{_FOLDING}])+"
)
# One sign of a script without spaces with the marks that belong to it, or a run of anything else.
_SIGN = re.compile(
    rf"{UNSPACED.pattern}[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f]*|(?:(?!{UNSPACED.pattern}).)+"
)
# Words repeat, so their folding is kept; a page can send a "word" of a megabyte, which is not.
_MOST_KEPT, _LONGEST_KEPT = 65_536, 64
_ASCII = bytes(
    code if code > 127 else ord(chr(code).lower()) if chr(code).isalnum() else 32
    for code in range(256)
)
_ASCII_CASED = bytes(code if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)
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
    words: list[str] = []
    # UTF-8 leaves the bytes below 128 to ASCII, so one table parts and lowers nearly everything.
    for piece in text.encode("utf-8", "replace").translate(_ASCII).decode("utf-8").split():
        if piece.isascii():
            words.append(piece)
        else:
            words.extend(_fold(piece))
    return words


def word_spans(text: str) -> list[WordSpan]:
    """Return the same words as ``text_words`` with their places in the text."""
    spans: list[WordSpan] = []
    for found in _CHUNK.finditer(text):
        chunk, start = found.group(), found.start()
        if chunk.isascii():
            spans.append(WordSpan(chunk.lower(), start, found.end()))
        else:
            spans.extend(
                WordSpan(word, start + begin, start + end) for word, begin, end in _places(chunk)
            )
    return spans


def glued_words(text: str) -> list[bool]:
    """Return for each word of ``text_words`` whether the next one follows without a gap.

    ``word_spans`` tells it too, at ten times the cost: words without a gap come from one chunk.
    """
    glued: list[bool] = []
    for chunk in _CHUNK.findall(text):
        count = 1 if chunk.isascii() else len(_fold(chunk))
        if count:
            glued += [True] * (count - 1)
            glued.append(False)
    return glued


def text_spellings(text: str) -> list[str]:
    """Return for each word of ``text_words`` how the text spells it, see ``spelled``."""
    if text.isascii():
        return text.encode("ascii").translate(_ASCII_CASED).decode("ascii").split()
    spellings: list[str] = []
    for chunk in _CHUNK.findall(text):
        if chunk.isascii():
            spellings.append(chunk)
        else:
            spellings.extend(spelled(chunk[begin:end]) for _, begin, end in _places(chunk))
    return spellings


def _places(chunk: str) -> tuple[tuple[str, int, int], ...]:
    """Return the words of a chunk that is not ASCII, with their characters."""
    words = _fold(chunk)
    if len(words) < 2:
        return tuple((word, 0, len(chunk)) for word in words)
    signs = tuple(
        (word, sign.start(), sign.end())
        for sign in _SIGN.finditer(chunk)
        for word in _fold(sign.group())
    )
    if tuple(word for word, _, _ in signs) == words:
        return signs
    return tuple((word, 0, len(chunk)) for word in words)  # together they fold differently


def spelled(text: str) -> str:
    """Return text folded as words are, but with its upper and lower case: for case-exact terms."""
    if text.isascii():
        return text
    return _spelled(text) if len(text) <= _LONGEST_KEPT else _spelled.__wrapped__(text)


def is_sign(word: str) -> bool:
    """Is this folded word one sign of a script written without spaces?"""
    return not word.isascii() and UNSPACED.match(word) is not None


def _fold(chunk: str) -> tuple[str, ...]:
    return _folded(chunk) if len(chunk) <= _LONGEST_KEPT else _folded.__wrapped__(chunk)


@lru_cache(_MOST_KEPT)
def _spelled(text: str) -> str:
    return _without_accents(unicodedata.normalize("NFKC", text.translate(_DROP_JOINERS)))


@lru_cache(_MOST_KEPT)
def _folded(chunk: str) -> tuple[str, ...]:
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
