"""Plain text from the markup that listings carry in titles and teasers."""

from __future__ import annotations

import html
import re
import unicodedata

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "th",
        "table",
        "section",
        "article",
        "hr",
        "blockquote",
        "figure",
        "figcaption",
        "dd",
        "dt",
        "dl",
        "img",
    )
)
_LONGEST_MARKUP = 100_000
_SILENT = ("script", "style", "template", "noscript", "iframe", "object", "title")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad]")


def plain_text(markup: str, *, limit: int) -> str | None:
    """Return the words of ``markup`` on one line, at most ``limit`` characters; None when empty.

    Tags go, with the content of those that show none; entities are decoded once. Text that only
    looks like markup ("5 < 6") stays.
    """
    text = markup[:_LONGEST_MARKUP]
    if _MARKUP.search(text):
        text = _without_tags(text)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return one_line(text, limit=limit)


def one_line(text: str, *, limit: int) -> str | None:
    """Return ``text`` in NFC on one line without control characters, cut at ``limit``."""
    line = " ".join(_CONTROLS.sub(" ", _INVISIBLE.sub("", text)).split())
    if len(line) > limit:
        line = line[:limit].rsplit(" ", 1)[0]
    if not line.isascii():
        line = unicodedata.normalize("NFC", _SURROGATES.sub("", line))
    return line or None


def _without_tags(markup: str) -> str:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    source = f"<body>{markup}".encode("utf-8", "replace")
    try:
        root: HtmlElement = document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError):
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup))
    for element in root.iter(*_SILENT):
        element.text = None
        for child in list(element):
            element.remove(child)
    return _joined(root)


def _joined(root: HtmlElement) -> str:
    """Text of all nodes; block elements and line breaks separate words, inline ones do not."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BLOCKS:
            pieces.append(" ")
        if event == "start" and element.text:
            pieces.append(element.text)
        if event == "end" and element.tail:
            pieces.append(element.tail)
    return "".join(pieces)
