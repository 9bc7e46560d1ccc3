"""The words that answer a query, marked in their texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.watches.predicate import Span, matching_spans
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import TextField, Watch

_CONTEXT = 90  # signs on each side of what is marked
_MOST_WINDOWS = 3
_MOST_SPANS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text; ``is_hit`` when it answers the query."""

    text: str
    is_hit: bool = False


Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """The headline with its hits, and windows of the other texts around theirs."""

    headline: Parts
    windows: tuple[tuple[TextField, Parts], ...]


def marked(tree: Watch, article: ReadableArticle) -> Marked:
    """Return where an article answers a query."""
    spans = matching_spans(tree, article)[:_MOST_SPANS]
    by_field: dict[TextField, list[Span]] = {}
    for span in spans:
        by_field.setdefault(span.field, []).append(span)
    headline = article.field("headline").text
    windows: list[tuple[TextField, Parts]] = []
    for field, found in by_field.items():
        if field != "headline":
            text = article.field(field).text
            windows += [(field, parts) for parts in _windows(text, found)]
    return Marked(
        mark_spans(headline, ((s.start, s.end) for s in by_field.get("headline", ()))),
        tuple(windows[:_MOST_WINDOWS]),
    )


def mark_spans(text: str, spans: Iterable[tuple[int, int]]) -> Parts:
    """Return a whole text with these characters marked."""
    parts: list[Part] = []
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        start = max(start, at)
        if start > at:
            parts.append(Part(text[at:start]))
        parts.append(Part(text[start:end], is_hit=True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:]))
    return tuple(parts)


def _windows(text: str, spans: Sequence[Span]) -> list[Parts]:
    """Cut the text around hits; hits that stand close share a window."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start - groups[-1][-1].end < 2 * _CONTEXT:
            groups[-1].append(span)
        else:
            groups.append([span])
    return [_window(text, group[:8]) for group in groups[:_MOST_WINDOWS]]


def _window(text: str, group: Sequence[Span]) -> Parts:
    start, end = max(0, group[0].start - _CONTEXT), min(len(text), group[-1].end + _CONTEXT)
    # Not in the middle of a word, where the script has spaces.
    if start and (gap := text.find(" ", start, group[0].start)) >= 0:
        start = gap + 1
    if end < len(text) and (gap := text.rfind(" ", group[-1].end, end)) >= 0:
        end = gap
    cut = text[start:end].replace("\n", " ")
    parts = mark_spans(cut, ((s.start - start, s.end - start) for s in group))
    before = (Part("… "),) if start else ()
    after = (Part(" …"),) if end < len(text) else ()
    return (*before, *parts, *after)
