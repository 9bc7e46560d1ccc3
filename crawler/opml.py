"""Reads and writes OPML 2.0, the list of feeds that feed readers exchange; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html.entities import html5
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lxml import etree

from crawler.catalogue import SourceDefinition
from crawler.decoding import decode_xml
from pipelines.messages import one_line
from pipelines.operator_error import OperatorError
from pipelines.storage.columns import storable

MOST_BYTES = 10 * 1024 * 1024
MOST_OUTLINES = 20_000  # ten times what the most diligent reader follows
_LONGEST_ADDRESS = 2_000
_LONGEST_TITLE = 200
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,31};)")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_NAMES = {"amp;", "lt;", "gt;", "quot;", "apos;"}


class OpmlError(OperatorError):
    """A file cannot be taken for a list of feeds; the message says why."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list. ``home_url`` is "" when the list does not say; ``language`` likewise.

    ``publisher`` is the name of the outline around it when that one is a publisher: it has an
    address of its own. Folders have none.
    """

    url: str
    title: str = ""
    home_url: str = ""
    language: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The feeds of a list, each once; ``refused`` says in one line each what was left out."""

    subscriptions: tuple[Subscription, ...]
    refused: tuple[str, ...] = ()


def read_opml(content: bytes) -> Outlines:
    """Return the feeds that an OPML file lists, in its order.

    A damaged file gives what it says before the damage. Raises OpmlError for what is no OPML, is
    too large, or declares entities.
    """
    root = _parsed(content)
    if not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        raise OpmlError("is no OPML: its first element is not <opml>")
    found: dict[str, Subscription] = {}
    refused = []
    for outline in root.iter("{*}outline"):
        try:
            subscription = _subscription(outline)
        except ValueError as error:
            refused.append(one_line(str(error))[: _LONGEST_TITLE + 100])
            continue
        if subscription is not None:
            found.setdefault(subscription.url, subscription)
    return Outlines(tuple(found.values()), tuple(refused))


def _parsed(content: bytes) -> etree._Element:
    if len(content) > MOST_BYTES:
        raise OpmlError(f"is larger than {MOST_BYTES // 1024 // 1024} MB")
    text = _DECLARATION.sub("", decode_xml(content, None))
    if _ENTITY.search(text):
        raise OpmlError("declares entities, which no list of feeds needs and some attacks do")
    if text.count("<outline") > MOST_OUTLINES:
        raise OpmlError(f"has more than {MOST_OUTLINES} outlines")
    text = _NAMED.sub(_character, _BARE_AMPERSAND.sub("&amp;", text))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(storable(text).encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise OpmlError("is no OPML: there is no XML in it")
    return root


def _character(found: re.Match[str]) -> str:
    """Write HTML's names of characters as characters: XML does not know them, exporters do."""
    if found[1] in _XML_NAMES:
        return found[0]
    return html5.get(found[1], found[0])


def _subscription(outline: etree._Element) -> Subscription | None:
    """Return the feed of an outline, None for a folder. Raises ValueError for what is refused."""
    said = _attributes(outline)
    title = said.get("text") or said.get("title") or ""
    if not said.get("xmlurl"):
        if said.get("type", "").lower() in ("link", "include") and said.get("url"):
            raise ValueError(f"{title or said['url']}: a list that is elsewhere is not followed")
        return None
    parent = outline.getparent()
    around = {} if parent is None else _attributes(parent)
    return Subscription(
        url=web_address(said["xmlurl"]),
        title=title,
        home_url=_home(said.get("htmlurl", "")),
        language=said.get("language", ""),
        publisher=(around.get("text") or around.get("title") or "") if "htmlurl" in around else "",
    )


def _attributes(element: etree._Element) -> dict[str, str]:
    """Return what an outline says, by lower-case names: exporters disagree about capitals."""
    return {
        str(name).lower(): one_line(str(value))[: _LONGEST_ADDRESS + 1]
        if str(name).lower().endswith("url")
        else one_line(str(value))[:_LONGEST_TITLE]
        for name, value in element.attrib.items()
    }


def _home(text: str) -> str:
    try:
        return web_address(text)
    except ValueError:
        return ""


def web_address(text: str) -> str:
    """Return an address of the web; feed: ones as what they stand for. Raises ValueError."""
    shown = text[:_LONGEST_TITLE]
    address = re.sub(r"^feed:(?=https?://)", "", text, flags=re.IGNORECASE)
    address = re.sub(r"^feed://", "http://", address, flags=re.IGNORECASE)
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ValueError(f"{shown}: is no address") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{shown}: only http:// and https:// addresses are followed")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{parts.hostname}: an address with a password in it is not kept")
    if len(address) > _LONGEST_ADDRESS or " " in address:
        raise ValueError(f"{shown}: is no address")
    return address


def write_opml(sources: Iterable[SourceDefinition], *, title: str, made_at: datetime) -> bytes:
    """Return the feeds of sources as OPML 2.0, one outline around those of each publisher.

    Sources without feeds, followed by their sitemap or front, are left out.
    """
    root = Element("opml", {"version": "2.0"})
    head = SubElement(root, "head")
    SubElement(head, "title").text = title
    SubElement(head, "dateCreated").text = format_datetime(made_at)  # OPML 2.0: RFC 822
    SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = SubElement(root, "body")
    for source in sources:
        feeds = [section for section in source.sections if section.kind == "feed"]
        if feeds:
            around = {"text": source.name, "title": source.name, "htmlUrl": source.home_url}
            publisher = SubElement(body, "outline", _without_controls(around))
            for attributes in _outlines(source):
                SubElement(publisher, "outline", _without_controls(attributes))
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _without_controls(attributes: dict[str, str]) -> dict[str, str]:
    return {name: one_line(value) for name, value in attributes.items()}


def _outlines(source: SourceDefinition) -> Iterator[dict[str, str]]:
    for section in source.sections:
        if section.kind == "feed":
            named = f"{source.name}: {section.name or section.key}"
            yield {
                "type": "rss",
                "text": named,
                "title": named,
                "xmlUrl": section.url,
                "htmlUrl": source.home_url,
                "language": source.language,
            }
