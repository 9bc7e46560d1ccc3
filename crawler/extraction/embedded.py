"""Finds an article's text in the state that a JavaScript application carries in its page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

# A JSON string of at least a few paragraphs; unrolled so that it is read once, without backtracking
_LONG_STRING = re.compile(r'"([^"\\]{0,400}(?:\\.[^"\\]*){3,})"', re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_MAX_SCRIPT = 2_000_000
_MIN_TEXT = 400


def embedded_text(root: _Element) -> _Element | None:
    """Return the tree of the longest text with paragraphs among the page's scripts, or None.

    For pages that show nothing without JavaScript: their server wrote the text into the state
    from which the application draws it.
    """
    best: _Element | None = None
    size = _MIN_TEXT
    for script in root.iter("script"):
        source = script.text or ""
        if not _MIN_TEXT < len(source) < _MAX_SCRIPT or not _has_paragraphs(source):
            continue
        for literal in _literals(source):
            tree = _parsed(literal)
            length = _text_length(tree)
            if length > size:
                best, size = tree, length
    return best


def _text_length(tree: _Element | None) -> int:
    if tree is None:
        return 0
    return sum(len(str(text)) for p in tree.iter("p") for text in p.itertext())


def _has_paragraphs(source: str) -> bool:
    return "\\u003cp" in source or "\\u003Cp" in source or "<p" in source


def _literals(source: str) -> list[str]:
    found = []
    for match in _LONG_STRING.finditer(source):
        if len(match[1]) < _MIN_TEXT:
            continue
        try:
            text = json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue
        if _PARAGRAPH.search(text):
            found.append(text)
    return found[:20]


def _parsed(html: str) -> _Element | None:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
