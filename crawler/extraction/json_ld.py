"""Reads schema.org nodes from JSON-LD, broken JSON included."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]

# A head with more than this is data for a program, not a description of the page.
MAX_SCRIPT = 2_000_000
MAX_NODES = 3_000
_COMMENTS = re.compile(r"/\*.{0,20000}?\*/|<!--|-->|<!\[CDATA\[|\]\]>|^\s*//[^\n]*$", re.S | re.M)
_REMARK = re.compile(r"<!--.{0,20000}?-->", re.S)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r"([}\]\"])(\s*\n\s*)(?=[\"{])")
_END_OF_LINE_COMMENT = re.compile(r"(?<=[,{\[}\]\"\d])\s*//[^\n\"]*$", re.M)
_DECODER = json.JSONDecoder(strict=False)  # raw line breaks in strings are common
# Members whose content is about something else than this page.
_NOT_THE_PAGE = frozenset(
    {"itemListElement", "comment", "review", "isPartOf", "publisher", "hasPart", "citation"}
    | {"author", "creator", "about", "mentions", "relatedLink", "significantLink", "isBasedOn"}
    | {"image", "logo", "thumbnail", "breadcrumb", "potentialAction", "offers", "editor"}
)


def read_json_ld(scripts: Iterable[str]) -> list[Node]:
    """Return the nodes that describe the page, in the order of the document, @graph unfolded.

    Nodes inside lists of other items (ItemList, comments, related articles) are left out.
    """
    nodes: list[Node] = []
    for script in scripts:
        if len(script) <= MAX_SCRIPT:
            for value in parse_broken_json(script):
                nodes.extend(_nodes(value))
    return nodes[:MAX_NODES]


def parse_broken_json(text: str) -> list[Any]:
    """Return the JSON values in ``text``, repairing what publishers' templates usually break."""
    text = text.strip().rstrip(";")
    for attempt in (_as_is, _without_comments, _without_remarks, _unescaped):
        try:
            return list(_values(attempt(text)))
        except (ValueError, RecursionError):
            continue
    return []


def _as_is(text: str) -> str:
    return text


def _without_comments(text: str) -> str:
    text = _END_OF_LINE_COMMENT.sub("", _COMMENTS.sub("", text))
    return _MISSING_COMMA.sub(r"\1,\2", _TRAILING_COMMA.sub(r"\1", text)).strip().rstrip(";")


def _without_remarks(text: str) -> str:
    return _without_comments(_REMARK.sub("", text))


def _unescaped(text: str) -> str:
    text = _without_comments(html.unescape(text))
    return re.sub(r"\\(?![\"\\/bfnrtu])", r"\\\\", text)


def _values(text: str) -> Iterator[Any]:
    """Yield every value of a text that may hold several in a row."""
    position, found = 0, False
    while position < len(text):
        while position < len(text) and text[position] in " \t\r\n;,\ufeff":
            position += 1
        if position == len(text):
            break
        try:
            value, position = _DECODER.raw_decode(text, position)
        except ValueError:
            if found:
                return  # rubbish after a complete value
            raise
        found = True
        yield value


def _nodes(value: Any) -> Iterator[Node]:
    stack, seen = [value], 0
    while stack and seen < MAX_NODES:
        item = stack.pop()
        seen += 1
        if isinstance(item, list):
            stack.extend(reversed(item[:MAX_NODES]))
        elif isinstance(item, dict):
            if "@type" in item or "@id" in item:
                yield item
            inner = [v for k, v in item.items() if k not in _NOT_THE_PAGE and _holds_nodes(v)]
            stack.extend(reversed(inner))


def _holds_nodes(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(v, dict) for v in value[:5])
    )


def types_of(node: Node) -> frozenset[str]:
    """Return the schema.org type names of a node, without their vocabulary prefix."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(re.split(r"[/#:]", n)[-1] for n in names if isinstance(n, str))


def strings(value: Any) -> list[str]:
    """Return the texts of a property: a string, a list of strings, or nodes with a name."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, dict):
        for key in ("@value", "name", "url", "@id"):
            if key in value and not isinstance(value[key], (dict, list)):
                return strings(value[key])
        return []
    if isinstance(value, list):
        return [s for v in value[:200] if not isinstance(v, list) for s in strings(v)]
    return []


def first_string(value: Any) -> str | None:
    """Return the first non-empty text of a property, or None."""
    return next((s for s in strings(value) if s.strip()), None)
