"""A page parsed once: its tree and what its head says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.decoding import html_as_utf8
from crawler.extraction.plain_text import from_markup

if TYPE_CHECKING:
    from lxml.etree import _Element

# Beyond this a page is a dump, a trap or a mistake; what comes first is read.
MAX_CHARACTERS = 6_000_000
# libxml2 ends its tree at 2,048 levels; a run of the same opening tag is a trap, not a layout
_MANY_TAGS = 10_000
_NESTED_RUN = re.compile(
    rb"(<(?:div|span)\b[^<>]{0,200}>)\s*(?:<(?:div|span)\b[^<>]{0,200}>\s*){200,}"
)
_MOST_ITEMS = 500
_SECTIONS = frozenset({"article", "aside", "figure", "footer", "header", "main", "nav", "section"})
_XML_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")


@dataclass(slots=True)
class ParsedPage:
    """The tree of a page and its head: metas by lower-case name, links by rel, JSON-LD texts."""

    url: str
    root: _Element
    metas: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    json_ld: list[str] = field(default_factory=list)
    title: str | None = None
    language: str | None = None
    has_microdata: bool = False
    _items: dict[str, list[Any]] | None = None

    def meta(self, *names: str) -> str | None:
        """Return the first non-empty content among the metas of these names, in this order."""
        for name in names:
            for content in self.metas.get(name, ()):
                if text := from_markup(content):
                    return text
        return None

    def items(self, name: str) -> list[Any]:
        """Return the elements with this itemprop (microdata), in document order."""
        if self._items is None:
            self._items = {}
            elements: Iterable[Any] = self.root.iter("*") if self.has_microdata else ()
            marked = (e for e in elements if e.get("itemprop"))
            for element in islice(marked, _MOST_ITEMS):
                for prop in element.get("itemprop").split():
                    self._items.setdefault(prop, []).append(element)
        return self._items.get(name, [])

    def absolute(self, address: str | None) -> str | None:
        """Return ``address`` as an absolute http(s) URL, or None."""
        if not address or not address.strip():  # a blank address is the page itself, to a browser
            return None
        try:
            joined = urljoin(self.url, address.strip())
            parts = urlsplit(joined)
        except ValueError:
            return None
        return joined if parts.scheme in ("http", "https") and parts.netloc else None


def parse_page(html: bytes | str, url: str, content_type: str | None = None) -> ParsedPage | None:
    """Return the parsed page, or None when the bytes hold no element at all."""
    markup = _cut(html_as_utf8(html, content_type))
    markup = _XML_DECLARATION.sub(b"", markup, count=1).replace(b"\x00", b"")
    if b"<" not in markup:
        return None
    # counting one sign costs a tenth of counting tags, and few pages have as many of it
    if markup.count(b"<") > _MANY_TAGS and _has_many_tags(markup):
        markup = _NESTED_RUN.sub(rb"\1", markup)
    # huge_tree: libxml2 otherwise drops what lies deeper than 256 levels; the cut above bounds it
    parser = etree.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        remove_pis=True,
        remove_comments=True,
        collect_ids=False,  # nothing is looked up by id, and a table of them costs every page
    )
    try:
        root = etree.fromstring(markup, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    _move_into_body(root)
    page = ParsedPage(url=url, root=root, language=root.get("lang") or root.get("xml:lang"))
    page.has_microdata = b"itemprop" in markup  # most pages have none, and looking costs a walk
    _read_head(page)
    return page


def _move_into_body(root: etree._Element) -> None:
    """Put the page's parts where they belong when its <body> tag was left out.

    HTML allows that (HTML 13.1.2.4), but libxml2 does not know the sections of HTML 5 and takes
    them, and all that they hold, for elements of the head.
    """
    head = root.find("head")
    astray = [part for part in head if part.tag in _SECTIONS] if head is not None else []
    if not astray:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    for place, part in enumerate(astray):
        body.insert(place, part)


def _cut(markup: bytes) -> bytes:
    if len(markup) <= MAX_CHARACTERS:
        return markup
    return markup.decode("utf-8", "replace")[:MAX_CHARACTERS].encode("utf-8", "replace")


def _has_many_tags(markup: bytes) -> bool:
    return markup.count(b"<div") + markup.count(b"<span") > _MANY_TAGS


def _read_head(page: ParsedPage) -> None:
    for element in page.root.iter("meta", "link", "script", "title"):
        match element.tag:
            case "meta":
                name = element.get("property") or element.get("name") or element.get("itemprop")
                name = name or element.get("http-equiv")
                content = element.get("content")
                if name and content:
                    page.metas.setdefault(name.strip().lower(), []).append(content)
            case "link":
                rel, href = element.get("rel"), element.get("href")
                if rel and href:
                    page.links.setdefault(rel.strip().lower(), []).append(href)
            case "script":
                if "ld+json" in (element.get("type") or "").lower() and element.text:
                    page.json_ld.append(element.text)
            case _:
                if page.title is None and element.text:
                    page.title = from_markup(element.text) or None
