"""The words that made a watch hold, in a little of their text: kept with the alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.watches.predicate import Span, matching_spans
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import Watch

_CONTEXT = 60  # signs on each side
MOST_EXCERPTS = 5
_LONGEST_MATCH = 200
_LONGEST_CHANGE = 600


def excerpts_of(
    tree: Watch, article: Mapping[str, Any], context: Mapping[str, Any]
) -> dict[str, Any]:
    """Return ``excerpts`` (field, before, match, after) and what changed, as JSON values."""
    readable = ReadableArticle(article, context)
    spans = matching_spans(tree, readable)
    details: dict[str, Any] = {
        "excerpts": [excerpt(span, readable) for span in spans[:MOST_EXCERPTS]]
    }
    if "headline_after" in context:
        details["headline_before"] = context["headline_before"]
        details["headline_after"] = context["headline_after"]
    for name in ("removed", "added"):
        if texts := [_one_line(text) for text in context.get(name, ()) if text.strip()]:
            details[name] = [text[:_LONGEST_CHANGE] for text in texts[:MOST_EXCERPTS]]
    return details


def excerpt(span: Span, readable: ReadableArticle) -> dict[str, str]:
    """Return one span with a little of its text: field, before, match, after."""
    text = readable.field(span.field).text
    before = text[max(0, span.start - _CONTEXT) : span.start]
    after = text[span.end : span.end + _CONTEXT]
    if span.start > _CONTEXT:
        before = "… " + before.partition(" ")[2]
    if span.end + _CONTEXT < len(text):
        after = after.rpartition(" ")[0] + " …"
    return {
        "field": span.field,
        "before": _keep_gap(before),
        "match": _one_line(text[span.start : span.end])[:_LONGEST_MATCH],
        "after": _keep_gap(after),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _keep_gap(text: str) -> str:
    """One line, with the space towards the match kept."""
    lead, trail = text[:1].isspace(), text[-1:].isspace()
    return " " * lead + _one_line(text) + " " * (trail and bool(text.strip()))
