"""Decides which characters the bytes of a page stand for, and decodes them."""

from __future__ import annotations

import codecs
import re

import chardet

# The HTML standard maps labels to supersets (Encoding Standard, 4.2): pages that say "iso-8859-1"
# hold windows-1252 quotation marks, "gb2312" holds GBK, "shift_jis" holds cp932.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
# Codecs a browser knows; everything else Python can decode (utf-7, idna, rot13) is refused.
_WEB_CODECS = re.compile(
    r"utf-8|utf-16(-[lb]e)?|cp(125[0-8]|874|866|932|949)|iso8859-\d+|koi8-[ru]|mac-(roman|cyrillic)"
    r"|gb18030|gbk|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp"
)
_ALIASES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "windows-949": "cp949",
    "x-mac-cyrillic": "mac-cyrillic",
    "iso-8859-8-i": "iso8859-8",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta[\s/](?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([^\s\"'>/=]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
# HTML standard 13.2.3.2 asks for 1024 bytes; real heads carry their meta later than that.
_PRESCAN_BYTES = 16_384
_DETECTION_BYTES = 60_000


def decode_html(data: bytes, content_type: str | None = None) -> str:
    """Return the text of ``data``; undecodable bytes become U+FFFD, never an error.

    Order: byte order mark, HTTP header, meta element, chardet's guess. Bytes that are valid UTF-8
    with several characters beyond ASCII are UTF-8 whatever the label says: text in another
    encoding does not pass that test by chance.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace")
    text = _as_utf8(data)
    if (
        text is not None
        and len(data) - len(text) >= 3
        and "utf-16" not in (content_type or "").lower()
    ):
        return text
    declared = declared_encoding(data, content_type)
    if declared:
        return _decode_declared(data, declared)
    if hidden := _without_ascii_look(data):
        return data.decode(hidden, "replace")
    if text is not None:
        return text
    return data.decode(_guess(data) or "cp1252", "replace")


def _as_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def declared_encoding(data: bytes, content_type: str | None = None) -> str | None:
    """Return the Python codec named by the HTTP header or the page's head, or None."""
    if content_type and (match := _HEADER_CHARSET.search(content_type)):
        name = codec_of(match[1])
        if name:
            return name
    head = _COMMENT.sub(b"", data[:_PRESCAN_BYTES])
    labels = [label for tag in _META.findall(head) if (label := _label_of(tag))]
    if match_xml := _XML_ENCODING.match(head):
        labels.append(match_xml[1])
    for label in labels:
        name = codec_of(label.decode("ascii", "ignore"))
        if name:
            # HTML standard 13.2.3.2 step 15: a meta read as ASCII cannot be UTF-16
            return "utf-8" if name.startswith("utf-16") else name
    return None


def _label_of(meta: bytes) -> bytes | None:
    """Return the charset a meta element declares: its own attribute, or a content type's."""
    attributes = {
        m[1].lower(): m[2].strip(b"\"'") for m in reversed(list(_ATTRIBUTE.finditer(meta[5:])))
    }
    if b"charset" in attributes:
        return attributes[b"charset"].strip()
    if attributes.get(b"http-equiv", b"").lower() != b"content-type":
        return None
    match = _META_CHARSET.search(attributes.get(b"content", b""))
    return match[1] if match else None


def codec_of(label: str) -> str | None:
    """Return the Python codec for a charset label as browsers understand it, or None."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if _WEB_CODECS.fullmatch(name) else None


def _without_ascii_look(data: bytes) -> str | None:
    """Return the encodings whose bytes look like ASCII, or like ASCII with NULs between."""
    if b"\x1b$" in data[:_DETECTION_BYTES]:
        return "iso2022_jp"
    start = data[:400]
    if start.count(0) * 3 > len(start):
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return None


def _decode_declared(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
    broken = text.count("\ufffd")
    if broken > 20 and broken * 200 > len(text):  # a wrong label, not a stray byte
        guess = _guess(data)
        if guess and guess != name:
            second = data.decode(guess, "replace")
            if second.count("\ufffd") * 4 < broken:
                return second
    return text


def _guess(data: bytes) -> str | None:
    # markup says nothing about the alphabet; the bytes between the tags do
    start = data.find(b"<body")
    sample = data[max(start, 0) :][:_DETECTION_BYTES]
    found = chardet.detect(sample if not sample.isascii() else data[:_DETECTION_BYTES])["encoding"]
    return codec_of(found) if found else None
