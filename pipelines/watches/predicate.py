"""Decides whether a watch holds for an article, and shows where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, get_args

from pipelines.watches.facts import article_date, article_is
from pipelines.watches.occurrences import occurrences
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    DateBound,
    Event,
    Meta,
    MinSources,
    Near,
    Not,
    TextField,
    Watch,
    Words,
)

MOST_PLACES = 1_000  # of one term: nobody reads further, and a page of one word has a million pairs
_ORDER = {field: number for number, field in enumerate(get_args(TextField))}

Test = Callable[[ReadableArticle], bool]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` to ``end`` of one field of an article that made a watch hold."""

    field: TextField
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A watch holds. ``spans`` are in the order of the fields and of the text; a watch of facts
    alone, or of what is absent, has none."""

    spans: tuple[Span, ...]


def compile_predicate(
    tree: Watch,
) -> Callable[..., Match | None]:
    """Return ``predicate(article, context=None)``, which gives a Match or None.

    ``article`` is a mapping with ArticleItem's field names (``ReadableArticle`` says which more,
    and what a context holds), or a ReadableArticle that several watches share.
    """
    holds = compile_test(tree)

    def predicate(
        article: Mapping[str, Any] | ReadableArticle, context: Mapping[str, Any] | None = None
    ) -> Match | None:
        readable = (
            article if isinstance(article, ReadableArticle) else ReadableArticle(article, context)
        )
        return Match(matching_spans(tree, readable)) if holds(readable) else None

    return predicate


def compile_test(tree: Watch) -> Test:
    """Return the bare question: does the watch hold for this article?"""
    match tree:
        case AllOf(parts):
            tests = tuple(compile_test(part) for part in parts)
            return lambda article: all(test(article) for test in tests)
        case AnyOf(parts):
            tests = tuple(compile_test(part) for part in parts)
            return lambda article: any(test(article) for test in tests)
        case Not(part):
            test = compile_test(part)
            return lambda article: not test(article)
        case Words():
            return _words_test(tree)
        case Near():
            return lambda article: next(occurrences(tree, article), None) is not None
        case _:
            return _fact_test(tree)


def _words_test(node: Words) -> Test:
    if node.fields != EVERYWHERE:
        return lambda article: next(occurrences(node, article), None) is not None
    if len(node.words) == 1 and not node.is_prefix and node.spelling is None:
        word = node.words[0]
        return lambda article: word in article.everywhere
    whole = frozenset(node.words[:-1] if node.is_prefix else node.words)
    return lambda article: (
        whole <= article.everywhere and next(occurrences(node, article), None) is not None
    )


def _fact_test(node: Meta | DateBound | Event | MinSources) -> Test:
    match node:
        case Meta():
            return lambda article: article_is(article.article, node)
        case DateBound(at, is_upper):
            return lambda article: _is_dated(article, at, is_upper)
        case Event(kind):
            return lambda article: article.has_event(kind)
        case MinSources(count):
            return lambda article: int(article.context.get("publishers", 1)) >= count


def _is_dated(article: ReadableArticle, at: Any, is_upper: bool) -> bool:
    dated = article_date(article.article)
    if dated is None:
        return False  # neither before nor after anything
    return bool(dated < at) if is_upper else bool(dated >= at)


def matching_spans(tree: Watch, article: ReadableArticle) -> tuple[Span, ...]:
    """Return the characters that speak for the watch, without repeats, in the order of the text."""
    found: dict[Span, None] = {}
    for node in _speaking(tree, article):
        for place in islice(occurrences(node, article), MOST_PLACES):
            spans = article.field(place.field).spans
            for first, last in place.runs:
                found[Span(place.field, spans[first].start, spans[last].end)] = None
    return tuple(sorted(found, key=lambda span: (_ORDER[span.field], span.start, span.end)))


def _speaking(tree: Watch, article: ReadableArticle) -> Iterator[Watch]:
    """Yield the word nodes that count for the match: none under NOT, none of a failing AND."""
    match tree:
        case Words() | Near():
            yield tree
        case AllOf(parts):
            if compile_test(tree)(article):
                for part in parts:
                    yield from _speaking(part, article)
        case AnyOf(parts):
            for part in parts:
                yield from _speaking(part, article)
        case _:
            return
