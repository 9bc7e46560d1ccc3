"""Removes and mends what no XML document may hold, and yet feeds and sitemaps do."""

from __future__ import annotations

import re
from html.entities import html5
from xml.parsers import expat

from lxml import etree

# XML 1.0 section 2.2
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,9})|(\d{1,9}));?")
_LAST_CHARACTER = 0x10FFFF
_REFERENCE = re.compile(r"&(#\d{1,7}(?=;)|#x[0-9a-fA-F]{1,6}(?=;)|[A-Za-z0-9]{0,31})(?:;|)")
# An attribute's value without quotes, as in HTML.
_BARE_VALUE = re.compile(r"(<[A-Za-z][^<>]{0,500}?\s[\w:.-]{1,60})=([^\s\"'<>=]{1,500})(?=[\s>])")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)


_ENTRY_START = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_NEXT_ENTRY = re.compile(
    r"(?:</[\w:.-]{1,60}\s*>\s*){0,4}</(?:item|entry)\s*>\s*<(?:item|entry)[\s>]", re.IGNORECASE
)


def with_closed_cdata(feed: str) -> str:
    """Return a feed in which no CDATA that nobody closed takes the next entry for its text.

    Where an entry ends within CDATA that did not begin there, the text ended before.
    """
    kept, at = list[str](), 0
    while (start := feed.find("<![CDATA[", at)) >= 0:
        end = feed.find("]]>", start)
        end = len(feed) if end < 0 else end
        following = _NEXT_ENTRY.search(feed, start, end)
        if following is None or _ENTRY_START.search(feed, start, following.start()):
            kept.append(feed[at:end])
            at = end
            continue
        kept += [feed[at : following.start()], "]]>"]
        at = following.start()
    return "".join((*kept, feed[at:]))


def allowed_in_xml(text: str) -> str:
    """Return ``text`` without the characters that XML forbids, references to them included."""
    return _NUMBER.sub(_allowed_reference, _FORBIDDEN.sub("", text))


def _allowed_reference(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    if code > _LAST_CHARACTER or _FORBIDDEN.match(chr(code)):
        return "\ufffd"
    return found[0]


def with_plain_references(text: str) -> str:
    """Return ``text`` as XML may hold it, every reference made a character reference.

    No entity can be expanded then; unknown ones and bare ampersands are text.
    """
    return _REFERENCE.sub(_character_reference, allowed_in_xml(text))


def _character_reference(found: re.Match[str]) -> str:
    name = found[1]
    if name.startswith("#"):
        return found[0]
    character = html5.get(f"{name};")
    return "".join(f"&#{ord(c)};" for c in character) if character else f"&#38;{found[0][1:]}"


def is_sound(document: str) -> bool:
    """Return whether a document is well-formed XML."""
    parser = expat.ParserCreate()  # libxml2 is quadratic in the namespaces of one element
    try:
        parser.Parse(document.encode("utf-8"), True)
    except expat.ExpatError:
        return False
    return True


def mended(document: str) -> str:
    """Return a broken document as well-formed XML, as far as libxml2 can make one of it.

    "" where it can not. What it cannot place is lost.
    """
    pieces = _CDATA.split(document)
    pieces[::2] = (_BARE_VALUE.sub(r'\1="\2"', with_plain_references(p)) for p in pieces[::2])
    plain = "".join(pieces)
    if is_sound(plain):
        return plain
    parser = etree.XMLParser(recover=True, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(plain.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ""
    return "" if root is None else etree.tostring(root, encoding="unicode")
