"""An article as watches read it: its words by field, folded once, places worked out when asked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from pipelines.watches.tree import EVERYWHERE, TextField
from pipelines.word_spans import WordSpan, glued_words, text_spellings, text_words, word_spans

_EVENT_FIELDS = frozenset({"removed", "added", "headline_before", "headline_after"})


class ReadableField:
    """One text of an article: its words, where each of them stands, and which begin how."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = text_words(text)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Every word with its positions, counted in words."""
        places: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            places.setdefault(word, []).append(position)
        return places

    @cached_property
    def spans(self) -> list[WordSpan]:
        """Every word with its characters."""
        return word_spans(self.text)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.places)

    def words_from(self, prefix: str) -> list[str]:
        """Return the distinct words that begin with ``prefix``."""
        begin = bisect_left(self._sorted, prefix)
        end = begin
        while end < len(self._sorted) and self._sorted[end].startswith(prefix):
            end += 1
        return self._sorted[begin:end]

    @cached_property
    def spellings(self) -> list[str]:
        """Every word with its upper and lower case."""
        return text_spellings(self.text)

    @cached_property
    def _glued(self) -> list[bool]:
        return glued_words(self.text)

    def is_glued(self, position: int) -> bool:
        """Does the next word follow this one without a gap?"""
        return self._glued[position]


class ReadableArticle:
    """An article, what is known around it, and its texts as ``ReadableField``.

    ``article`` has ArticleItem's field names, and may have ``domain`` and ``country``.
    ``context`` is what the article itself does not say, all of it optional:
    ``removed`` and ``added`` (text of a revision), ``headline_before`` and ``headline_after``,
    ``gone`` (bool) and ``publishers`` (independent publishers of its story, 1 where unknown).
    """

    def __init__(
        self, article: Mapping[str, Any], context: Mapping[str, Any] | None = None
    ) -> None:
        self.article = article
        self.context = context or {}
        self._fields: dict[TextField, ReadableField] = {}

    def field(self, name: TextField) -> ReadableField:
        """Return one text; an empty one where the article has none."""
        found = self._fields.get(name)
        if found is None:
            found = self._fields[name] = ReadableField(self._text(name))
        return found

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """Every distinct word of headline, description and body."""
        return frozenset().union(*(self.field(name).words for name in EVERYWHERE))

    def _text(self, name: TextField) -> str:
        if name in _EVENT_FIELDS:
            return _joined(self.context.get(name))
        if name == "lead":
            description = _joined(self.article.get("description"))
            return description or _joined(self.article.get("article_body")).partition("\n")[0]
        if name == "author":
            byline, authors = (_joined(self.article.get(key)) for key in ("byline", "authors"))
            return f"{byline}\n{authors}"
        return _joined(self.article.get(name))

    def has_event(self, kind: str) -> bool:
        """Tell whether the context says that this happened to the article."""
        if kind == "gone":
            return bool(self.context.get("gone"))
        if kind == "removed":
            return bool(self.field("removed").words)
        before, after = (self.field(name).text for name in ("headline_before", "headline_after"))
        changed = bool(before or after) and before != after
        if kind == "headline_changed":
            return changed
        return changed or bool(self.field("removed").words or self.field("added").words)


def _joined(value: str | Iterable[str] | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return "\n".join(str(part) for part in value)
