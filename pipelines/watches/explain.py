"""Draws a watch as a tree, and with an article which parts hold and on which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.watches.grammar import FIELDS
from pipelines.watches.predicate import Span, compile_test, matching_spans
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
    Watch,
    Words,
)

_CONTEXT = 30  # signs of text shown on each side of a span
_MOST_SPANS = 20
_NAMES = {column: f"{name}:" for name, column in FIELDS.items()}
_EVENT_NAMES = {
    ("added", "removed"): "revised:",
    ("removed",): "removed:",
    ("headline_before", "headline_after"): "headline_changed:",
}


def explain(
    tree: Watch,
    article: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> str:
    """Return the tree of a watch, one node a line.

    With an article each line begins with + (holds) or - (does not), and the words that made the
    watch hold follow in their text, between square brackets.
    """
    readable = None if article is None else ReadableArticle(article, context)
    lines = list(_lines(tree, readable, "", ""))
    if readable is not None:
        holds = compile_test(tree)(readable)
        lines.append("the watch holds" if holds else "the watch does not hold")
        spans = matching_spans(tree, readable) if holds else ()
        lines.extend(f"  {span.field}: {_in_text(span, readable)}" for span in spans[:_MOST_SPANS])
        if len(spans) > _MOST_SPANS:
            lines.append(f"  and {len(spans) - _MOST_SPANS} more")
    return "\n".join(lines)


def _lines(node: Watch, readable: ReadableArticle | None, lead: str, below: str) -> Iterator[str]:
    mark = "" if readable is None else "+ " if compile_test(node)(readable) else "- "
    yield f"{lead}{mark}{describe(node)}"
    children = _children(node)
    for number, child in enumerate(children):
        is_last = number == len(children) - 1
        yield from _lines(
            child,
            readable,
            below + ("└─ " if is_last else "├─ "),
            below + ("   " if is_last else "│  "),
        )


def _children(node: Watch) -> tuple[Watch, ...]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case _:
            return ()


def describe(node: Watch) -> str:
    """Return one node in the words of the language, without its children."""
    match node:
        case AllOf():
            return "AND"
        case AnyOf(name=name):
            return f"OR {name}" if name else "OR"
        case Not():
            return "NOT"
        case Near(distance=distance, in_order=in_order):
            return f"{'ONEAR' if in_order else 'NEAR'}/{distance}"
        case Words():
            return _words(node)
        case Meta(field, value):
            return f"{field}:{value}"
        case DateBound(at, is_upper):
            return f"{'before' if is_upper else 'after'}:{at.isoformat()}"
        case Event(kind):
            return f"{kind}:"
        case MinSources(count):
            return f"minsources:{count}"


def _words(node: Words) -> str:
    star = "*" if node.is_prefix else ""
    plain = " ".join(node.spelling or node.words)
    # Signs that must touch are shown as they are written: without gaps.
    for index in reversed(range(len(node.glued))):
        if node.glued[index]:
            parts = plain.split(" ")
            parts[index : index + 2] = ["".join(parts[index : index + 2])]
            plain = " ".join(parts)
    text = f'"{plain}"' if " " in plain else plain
    where = "" if node.fields == EVERYWHERE else _EVENT_NAMES.get(node.fields)
    if where is None:
        where = _NAMES[node.fields[0]]
    return f"{where}{'!' if node.spelling else ''}{text}{star}"


def _in_text(span: Span, readable: ReadableArticle) -> str:
    text = readable.field(span.field).text
    before, after = text[max(0, span.start - _CONTEXT) : span.start], text[span.end :][:_CONTEXT]
    line = f"{before}[{text[span.start : span.end]}]{after}"
    return " ".join(line.split())
