"""Tells what class names, ids and roles hint at; each hint is one bit."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extraction.hint_words import LEXICON

NAMES: tuple[str, ...] = tuple(line.split()[0] for line in LEXICON.strip().splitlines())
BIT: dict[str, int] = {name: 1 << i for i, name in enumerate(NAMES)}
_WORDS: dict[str, int] = {}
_PREFIXES: list[tuple[str, int]] = []
for _i, _line in enumerate(LEXICON.strip().splitlines()):
    for _word in _line.lower().split()[1:]:
        if _word.endswith("*"):
            _PREFIXES.append((_word[:-1], 1 << _i))
        else:
            _WORDS[_word] = _WORDS.get(_word, 0) | 1 << _i
_TOKEN = re.compile(r"[A-Z]?[a-zäöüßéèêñçåøæ]+|[A-Z]+(?![a-z])")
# Generated suffixes (css-1x2y3z, sc-bdnxRM, Article_body__3kLm9) carry no meaning. They mix digits
# and capitals; "media__credit" and "article__title" are words.
_MIXED = r"(?=[A-Za-z]*(?:\d|[a-z][A-Z]|[A-Z]{2}))[A-Za-z0-9]{5,6}"
_HASHED = re.compile(rf"(?:css|sc|jsx|emotion|svelte)-[\w-]+|__{_MIXED}\b|(?<=_){_MIXED}$")
_STARTS = frozenset(word[:size] for word in _WORDS for size in range(1, len(word)))
_HASH_MARKS = ("css-", "sc-", "jsx-", "emotion-", "svelte-")


def bits_of(names: str) -> int:
    """Return the bits of several hints, named with spaces between."""
    return sum(BIT[name] for name in set(names.split()))


_MOST_NAMES = 10


@lru_cache(maxsize=20_000)
def hints_of(names: str) -> int:
    """Return the bits of all hints in a class attribute, an id, a role (space separated)."""
    bits = 0
    # utility classes come by the dozen; what a template means it says first
    for name in names[:400].split()[:_MOST_NAMES]:
        bits |= _hints_of_name(name)
    return bits


@lru_cache(maxsize=50_000)
def _hints_of_name(name: str) -> int:
    name = name[:80]
    # most names have no such suffix, and asking for it costs a tenth of taking it off
    if "_" in name or ("-" in name and any(map(name.__contains__, _HASH_MARKS))):
        name = _HASHED.sub("", name)
    tokens = _TOKEN.findall(name)
    if not name.islower():
        tokens = [token.lower() for token in tokens]
    bits = 0
    for token in tokens:
        bits |= _hint_of_word(token)
    for i, token in enumerate(tokens[:-1]):
        if token in _STARTS:  # "articlebody" is a word of the lexicon, "article-body" is two tokens
            pair = token + tokens[i + 1]
            bits |= _WORDS.get(pair, 0)
            if i + 2 < len(tokens):
                bits |= _WORDS.get(pair + tokens[i + 2], 0)
    return bits


@lru_cache(maxsize=20_000)
def _hint_of_word(word: str) -> int:
    bits = _WORDS.get(word, 0)
    for prefix, bit in _PREFIXES:
        if word.startswith(prefix):
            bits |= bit
    return bits
