"""Finds which of many watches hold for one article without asking each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pipelines.watches.predicate import Test, compile_test
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import EVERYWHERE, AllOf, AnyOf, Near, TextField, Watch, Words

_OTHER_FIELDS = tuple(name for name in get_args(TextField) if name not in (*EVERYWHERE, "lead"))
_PREFIX_PENALTY = 3  # a stem answers to more words than a word of its length


@dataclass(frozen=True, slots=True)
class _Key:
    """A word, or the beginning of one, without which an article cannot be meant."""

    text: str
    is_prefix: bool = False

    @property
    def selectivity(self) -> int:
        """Longer words are rarer; good enough to choose by, and the same on every machine."""
        return len(self.text) - _PREFIX_PENALTY * self.is_prefix


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    must_have: frozenset[str]
    holds: Test


class WatchIndex:
    """Many watches, asked together.

    Every watch is filed under words of which an article must have at least one; an article is
    put only to the watches filed under its words, and of those only to the ones whose other
    necessary words it has as well. Watches without such words are always asked. To change a
    watch, build a new index: ten thousand take a fraction of a second.
    """

    def __init__(self, watches: Mapping[str, Watch]) -> None:
        self._by_word: dict[str, list[_Entry]] = {}
        self._by_prefix: dict[int, dict[str, list[_Entry]]] = {}
        self._always: list[_Entry] = []
        for name, tree in watches.items():
            self._file(_Entry(name, _must_have(tree), compile_test(tree)), _keys(tree))

    def _file(self, entry: _Entry, keys: frozenset[_Key] | None) -> None:
        if keys is None:
            self._always.append(entry)
            return
        for key in keys:
            shelf = (
                self._by_prefix.setdefault(len(key.text), {}) if key.is_prefix else self._by_word
            )
            shelf.setdefault(key.text, []).append(entry)

    def matching(
        self, article: Mapping[str, Any] | ReadableArticle, context: Mapping[str, Any] | None = None
    ) -> set[str]:
        """Return the names of the watches that hold for an article."""
        readable = (
            article if isinstance(article, ReadableArticle) else ReadableArticle(article, context)
        )
        words = readable.everywhere.union(*(readable.field(name).words for name in _OTHER_FIELDS))
        found: set[str] = set()
        for entries in self._candidates(words):
            for entry in entries:
                if entry.must_have <= words and entry.name not in found and entry.holds(readable):
                    found.add(entry.name)
        return found

    def _candidates(self, words: frozenset[str]) -> Iterable[list[_Entry]]:
        yield self._always
        for word in self._by_word.keys() & words:
            yield self._by_word[word]
        for length, shelf in self._by_prefix.items():
            for stem in shelf.keys() & {word[:length] for word in words}:
                yield shelf[stem]


def _keys(tree: Watch) -> frozenset[_Key] | None:
    """Return words of which every meant article has one, the most selective choice; or None."""
    match tree:
        case Words(words=words, is_prefix=is_prefix):
            keys = [_Key(word) for word in (words[:-1] if is_prefix else words)]
            if is_prefix:
                keys.append(_Key(words[-1], is_prefix=True))
            return frozenset({max(keys, key=lambda key: key.selectivity)})
        case Near(left, right):
            return _best([_keys(left), _keys(right)])
        case AllOf(parts):
            return _best([_keys(part) for part in parts])
        case AnyOf(parts):
            union: frozenset[_Key] = frozenset()
            for part in parts:
                keys_of_part = _keys(part)
                if keys_of_part is None:
                    return None
                union |= keys_of_part
            return union
        case _:
            return None


def _best(choices: list[frozenset[_Key] | None]) -> frozenset[_Key] | None:
    known = [keys for keys in choices if keys]
    return max(known, key=lambda keys: min(key.selectivity for key in keys), default=None)


def _must_have(tree: Watch) -> frozenset[str]:
    """Return the words that every meant article has."""
    match tree:
        case Words(words=words, is_prefix=is_prefix):
            return frozenset(words[:-1] if is_prefix else words)
        case Near(left, right):
            return _must_have(left) | _must_have(right)
        case AllOf(parts):
            return frozenset().union(*map(_must_have, parts))
        case AnyOf(parts):
            first, *others = map(_must_have, parts)
            return first.intersection(*others)
        case _:
            return frozenset()
