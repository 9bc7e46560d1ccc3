"""What a database can ask first: a superset of a watch's articles, as FTS5 and tsquery text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
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


#: A word of PostgreSQL's index alone: the article repeats words, or has words, beyond the places
#: that its index keeps (255 of a word, none after the 16,383rd word). No text has such a word.
MANY_WORDS = "…"
#: Bytes of a word in PostgreSQL's index (manual, 12.11). Longer ones are left out of it.
LONGEST_LEXEME = 2_046
_MOST_PAIRS = 16  # of (a OR b OR ...) NEAR (c OR d OR ...), asked one by one
_WIDEST_ASKED = 8  # words apart, which PostgreSQL is asked for distance by distance
# FTS5 takes a few rare symbols for gaps which are parts of words for us, and the other way round.
_FTS5_SLACK = 10


@dataclass(frozen=True, slots=True)
class Contains:
    """One of ``columns`` contains the words as a phrase; the last one may be a beginning."""

    columns: tuple[Column, ...]
    words: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Close:
    """Both are contained, at most ``distance`` words apart."""

    left: Contains
    right: Contains
    distance: int
    in_order: bool


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    parts: tuple[Prefilter, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds."""

    parts: tuple[Prefilter, ...]


Prefilter = Contains | Close | Every | Some


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
        case Near():
            return _near(tree)
        case AllOf(parts):
            return _every([prefilter(part) for part in parts])
        case AnyOf(parts):
            found = [prefilter(part) for part in parts]
            if any(part is None for part in found):
                return None
            return Some(tuple(part for part in found if part is not None))
        case _:
            return None


def _near(node: Near) -> Prefilter | None:
    left, right = prefilter(node.left), prefilter(node.right)
    if left is None or right is None:
        return None
    ones, twos = tuple(_alternatives(left)), tuple(_alternatives(right))
    # A NEAR of a NEAR is only asked for as both: where its neighbour must stand depends on it.
    if not ones or not twos or len(ones) * len(twos) > _MOST_PAIRS:
        return _every([left, right])
    pairs = tuple(Close(one, two, node.distance, node.in_order) for one, two in product(ones, twos))
    return pairs[0] if len(pairs) == 1 else Some(pairs)


def _alternatives(condition: Prefilter) -> Iterator[Contains]:
    """Yield the words or phrases one of which must hold; nothing for any other condition."""
    parts = condition.parts if isinstance(condition, Some) else (condition,)
    if all(isinstance(part, Contains) for part in parts):
        yield from (part for part in parts if isinstance(part, Contains))


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
        case Contains(columns):
            return _fts5_in(columns, _fts5_phrase(condition))
        case Close(left, right, distance):
            columns = tuple(column for column in left.columns if column in right.columns)
            if not columns:
                return f"({_fts5(left)} AND {_fts5(right)})"
            phrases = f"{_fts5_phrase(left)} {_fts5_phrase(right)}"
            return _fts5_in(columns, f"NEAR({phrases}, {distance + _FTS5_SLACK})")
        case Every(parts):
            return f"({' AND '.join(_fts5(part) for part in parts)})"
        case Some(parts):
            return f"({' OR '.join(_fts5(part) for part in parts)})"


def _fts5_phrase(condition: Contains) -> str:
    return f'"{" ".join(condition.words)}"' + (" *" if condition.is_prefix else "")


def _fts5_in(columns: tuple[Column, ...], asked: str) -> str:
    return asked if len(columns) == len(EVERYWHERE) else f"{{{' '.join(columns)}}} : {asked}"


def tsquery(tree: Watch, *, placed: bool = True) -> str | None:
    """Return the text of PostgreSQL's tsquery, or None.

    Where an article has more words than its index keeps places of, a phrase or a neighbourhood is
    asked for as all of its words; not ``placed``: everywhere.
    """
    condition = prefilter(tree)
    return None if condition is None else _tsquery(condition, placed)


def _tsquery(condition: Prefilter, placed: bool) -> str:
    match condition:
        case Contains(_, words):
            asked = _lexemes(condition)
            if len(words) == 1:
                return asked[0]
            if not placed:
                return f"({' & '.join(asked)})"
            return _placed(f"({' <-> '.join(asked)})", " & ".join(dict.fromkeys(asked)))
        case Close(left, right):
            both = f"{_tsquery(left, placed)} & {_tsquery(right, placed)}"
            if placed and (near := _tsquery_near(condition)):
                return _placed(near, both)
            return f"({both})"
        case Every(parts):
            return f"({' & '.join(_tsquery(part, placed) for part in parts)})"
        case Some(parts):
            return f"({' | '.join(_tsquery(part, placed) for part in parts)})"


def _placed(asked: str, unplaced: str) -> str:
    return f"({asked} | ({unplaced} & '{MANY_WORDS}'))"


def _tsquery_near(condition: Close) -> str | None:
    """Return the distances one by one: <3> is exactly 3. None: too many, or phrases."""
    left, right, distance = condition.left, condition.right, condition.distance
    if len(left.words) > 1 or len(right.words) > 1 or distance > _WIDEST_ASKED:
        return None
    (one,), (two,) = _lexemes(left), _lexemes(right)
    pairs = [f"{one} <{apart}> {two}" for apart in range(1, distance + 1)]
    if not condition.in_order and one != two:
        pairs += [f"{two} <{apart}> {one}" for apart in range(1, distance + 1)]
    return f"({' | '.join(pairs)})"


def _lexemes(condition: Contains) -> list[str]:
    weights = _weights(condition.columns)
    *whole, last = condition.words
    asked = [_lexeme(word, weights) for word in whole]
    return [*asked, _lexeme(last, f"*{weights}" if condition.is_prefix else weights)]


def _weights(columns: tuple[Column, ...]) -> str:
    if len(columns) == len(EVERYWHERE):
        return ""
    return "".join(WEIGHTS[column] for column in columns)


def _lexeme(word: str, flags: str) -> str:
    if len(word.encode()) > LONGEST_LEXEME:
        # Such words are in no vector, and refused in a query; what has one is always looked at.
        word = word[: LONGEST_LEXEME // 4]
    # Folded words hold no quotes or backslashes; doubling them costs nothing and keeps it so.
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':{flags}" if flags else f"'{quoted}'"
