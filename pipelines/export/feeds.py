"""Writes Atom 1.0, RSS 2.0 and JSON Feed 1.1: one writer for whatever is told as a feed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from pipelines.export.schema_org import iso_time
from pipelines.messages import link
from pipelines.storage.columns import storable

FeedFormat = Literal["atom", "rss", "json"]
SUFFIXES: dict[FeedFormat, str] = {"atom": "atom", "rss": "rss", "json": "json"}
MEDIA_TYPES: dict[FeedFormat, str] = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # BCP 47, shape only
# XML 1.0 2.2: no control characters, no surrogates, not U+FFFE and U+FFFF.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("atom", _ATOM)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. ``what`` is told by nothing else and never changes: the entry's id comes from it.

    ``at`` is when we had it, ``changed_at`` when it last changed (None: never), ``published_at``
    what the publisher claims. ``text`` is plain text.
    """

    what: str
    title: str
    url: str
    author: str
    text: str
    at: datetime
    changed_at: datetime | None = None
    published_at: datetime | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its entries, newest first. ``what`` is to it what it is to an entry.

    ``self_url`` is where it is served; "" when it is only a file.
    """

    what: str
    title: str
    description: str
    updated_at: datetime
    entries: tuple[FeedEntry, ...]
    self_url: str = ""


def write_feed(feed: Feed, form: FeedFormat) -> bytes:
    """Return the feed in one of the three formats, in UTF-8."""
    return {"atom": _atom, "rss": _rss, "json": _json}[form](feed)


def _id(what: str) -> str:
    """Return what stays the same for one thing, and differs for every other."""
    return uuid5(NAMESPACE_URL, storable(f"firstseen:{what}")).urn


def _atom(feed: Feed) -> bytes:
    root = Element("feed", {"xmlns": _ATOM})
    _add(root, "id", _id(feed.what))
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "updated", iso_time(feed.updated_at))
    _add(SubElement(root, "author"), "name", "firstseen")
    if address := link(feed.self_url):
        # RFC 4287 4.1.1: a feed should tell where it is.
        SubElement(root, "link", {"rel": "self", "href": _xml(address)})
    for entry in feed.entries:
        _atom_entry(SubElement(root, "entry"), entry)
    return _document(root)


def _atom_entry(element: Element, entry: FeedEntry) -> None:
    if entry.language and _LANGUAGE.fullmatch(entry.language):
        element.set("xml:lang", entry.language)
    _add(element, "id", _id(entry.what))
    _add(element, "title", entry.title)
    _add(element, "updated", iso_time(entry.changed_at or entry.at))
    if entry.published_at:
        _add(element, "published", iso_time(entry.published_at))
    if address := link(entry.url):
        SubElement(element, "link", {"rel": "alternate", "href": _xml(address)})
    _add(SubElement(element, "author"), "name", entry.author)
    for tag in entry.tags:
        SubElement(element, "category", {"term": _xml(tag)})
    _add(element, "content", entry.text, {"type": "text"})


def _rss(feed: Feed) -> bytes:
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", link(feed.self_url) or _id(feed.what))
    _add(channel, "description", feed.description)
    _add(channel, "lastBuildDate", format_datetime(feed.updated_at))
    if address := link(feed.self_url):
        # https://www.rssboard.org/rss-profile: a feed should tell where it is, in Atom's words.
        SubElement(channel, f"{{{_ATOM}}}link", {"rel": "self", "href": _xml(address)})
    for entry in feed.entries:
        item = SubElement(channel, "item")
        _add(item, "title", entry.title)
        if address := link(entry.url):
            _add(item, "link", address)
        _add(item, "guid", _id(entry.what), {"isPermaLink": "false"})
        _add(item, "pubDate", format_datetime(entry.at))
        for tag in entry.tags:
            _add(item, "category", tag)
        _add(item, "description", _escaped(entry.text))
    return _document(root)


def _json(feed: Feed) -> bytes:
    items = [
        {
            "id": _id(entry.what),
            "url": link(entry.url),
            "title": entry.title,
            "content_text": entry.text,
            "date_published": iso_time(entry.at),
            "date_modified": iso_time(entry.changed_at),
            "authors": [{"name": entry.author}],
            "tags": list(entry.tags),
            "language": entry.language,
        }
        for entry in feed.entries
    ]
    record: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "feed_url": link(feed.self_url),
        "items": [{k: v for k, v in item.items() if v not in (None, "", [])} for item in items],
    }
    told = {key: value for key, value in record.items() if value != ""}
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _escaped(text: str) -> str:
    """RSS readers take a description for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _add(
    parent: Element, name: str, text: str | None, attributes: dict[str, str] | None = None
) -> None:
    SubElement(parent, name, attributes or {}).text = _xml(text or "")


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)


def _document(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
