"""What a database can ask first: a superset of a watch's articles, as FTS5 and tsquery text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.watches.tree import EVERYWHERE, AllOf, AnyOf, Near, TextField, Watch, Words

#: The columns of the search index; PostgreSQL knows them as weights.
Column = Literal["headline", "description", "article_body"]
WEIGHTS: dict[Column, str] = {"headline": "A", "description": "B", "article_body": "C"}
_COLUMNS: dict[TextField, tuple[Column, ...]] = {
    "headline": ("headline",),
    "description": ("description",),
    "article_body": ("article_body",),
    "lead": ("description", "article_body"),
}


@dataclass(frozen=True, slots=True)
class Contains:
    """One of ``columns`` contains the words as a phrase; the last one may be a beginning."""

    columns: tuple[Column, ...]
    words: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    parts: tuple[Prefilter, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds."""

    parts: tuple[Prefilter, ...]


Prefilter = Contains | Every | Some


def prefilter(tree: Watch) -> Prefilter | None:
    """Return a condition on the indexed words that every article of the watch meets.

    None when there is none: the watch asks only for facts, for what is absent, or for text that
    is not indexed. What the condition lets through must still be put to the predicate.
    """
    match tree:
        case Words():
            columns = {column: None for name in tree.fields for column in _COLUMNS.get(name, ())}
            if not all(name in _COLUMNS for name in tree.fields):
                return None
            return Contains(tuple(columns), tree.words, tree.is_prefix)
        case Near(left, right):
            return _every([prefilter(left), prefilter(right)])
        case AllOf(parts):
            return _every([prefilter(part) for part in parts])
        case AnyOf(parts):
            found = [prefilter(part) for part in parts]
            if any(part is None for part in found):
                return None
            return Some(tuple(part for part in found if part is not None))
        case _:
            return None


def _every(parts: list[Prefilter | None]) -> Prefilter | None:
    useful = tuple(part for part in parts if part is not None)
    if len(useful) < 2:
        return useful[0] if useful else None
    return Every(useful)


def fts5_query(tree: Watch) -> str | None:
    """Return the text for FTS5's MATCH over (headline, description, article_body), or None."""
    condition = prefilter(tree)
    return None if condition is None else _fts5(condition)


def _fts5(condition: Prefilter) -> str:
    match condition:
        case Contains(columns, words, is_prefix):
            phrase = f'"{" ".join(words)}"' + (" *" if is_prefix else "")
            if len(columns) == len(EVERYWHERE):
                return phrase
            return f"{{{' '.join(columns)}}} : {phrase}"
        case Every(parts):
            return f"({' AND '.join(_fts5(part) for part in parts)})"
        case Some(parts):
            return f"({' OR '.join(_fts5(part) for part in parts)})"


def tsquery(tree: Watch) -> str | None:
    """Return the text for PostgreSQL's to_tsquery('simple', ...), or None.

    A phrase is asked for as all of its words: beyond word 16,383 a tsvector keeps no positions,
    and a phrase query would miss what stands there.
    """
    condition = prefilter(tree)
    return None if condition is None else _tsquery(condition)


def _tsquery(condition: Prefilter) -> str:
    match condition:
        case Contains(columns, words, is_prefix):
            weights = _weights(columns)
            *whole, last = words
            asked = [_lexeme(word, weights) for word in dict.fromkeys(whole)]
            asked.append(_lexeme(last, f"*{weights}" if is_prefix else weights))
            return asked[0] if len(asked) == 1 else f"({' & '.join(asked)})"
        case Every(parts):
            return f"({' & '.join(_tsquery(part) for part in parts)})"
        case Some(parts):
            return f"({' | '.join(_tsquery(part) for part in parts)})"


def _weights(columns: tuple[Column, ...]) -> str:
    if len(columns) == len(EVERYWHERE):
        return ""
    return "".join(WEIGHTS[column] for column in columns)


def _lexeme(word: str, flags: str) -> str:
    # Folded words hold no quotes or backslashes; doubling them costs nothing and keeps it so.
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':{flags}" if flags else f"'{quoted}'"
