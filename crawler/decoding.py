"""Turns the bytes of a page or feed into text, by what is declared and what the bytes show."""

from __future__ import annotations

import codecs
import re

import chardet

from crawler.encoding_labels import ALIASES, SUPERSETS, WEB_CODECS

# The HTML standard's prescan looks at 1,024 bytes; real pages put comments and scripts first.
_PRESCAN_BYTES = 16_384
# chardet's verdict does not change for the better beyond this, its time does.
_DETECT_BYTES = 200_000
# Below it stand a few quotation marks in an English text, which are windows-1252.
_LEAST_CONFIDENCE = 0.1
_PIECE = 16_384
_MULTI_BYTE = frozenset(("gb18030", "big5hkscs", "euc_jp", "cp932", "cp949"))

_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
# One whole tag, quoted values taken as a whole: a meta inside another tag's attribute is none.
_TAG = re.compile(rb"""</?([a-zA-Z][^\s/>"']*)((?:[^"'>]+|"[^"]{0,2000}"|'[^']{0,2000}')*+)>""")
_ATTRIBUTE = re.compile(
    rb"""([^\s=/>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE
)
_MOST_ATTRIBUTES = 2_000
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_LONG = 10_000
_LONG_TAG = re.compile(rf"<[^<>]{{{_LONG},}}")
_CHARSET = re.compile(
    r"""charset\s*=\s*(?:"\s*([^"]+?)\s*"|'\s*([^']+?)\s*'|([^\s"';,>]+))""", re.IGNORECASE
)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})["']""")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS = tuple(mark for mark, _ in _BOMS)
# XML 1.0 appendix F.1: the first characters of a document without a byte order mark.
_XML_STARTS = (
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)


def decode_html(body: bytes, content_type: str | None = None) -> str:
    """Return the text of an HTML page; never raises, unreadable bytes become U+FFFD.

    ``content_type`` is the HTTP header's value. Order of evidence: byte order mark, header, meta,
    then the bytes themselves. Bytes that are valid UTF-8 with characters beyond ASCII are UTF-8
    whatever was declared: no other encoding yields such text by chance.
    """
    if is_plain_utf8(body):
        return body.decode()
    codec = _codec(body, (header_charset(content_type), meta_charset(body)))
    return body.decode(codec, "replace").removeprefix("\ufeff")


def html_as_utf8(body: bytes | str, content_type: str | None = None) -> bytes:
    """Return an HTML page as UTF-8 for a parser, without tags no parser survives; never raises.

    The bytes of most pages come back as they are: nothing is decoded, searched or copied twice.
    """
    if isinstance(body, bytes) and is_plain_utf8(body):
        markup = body
    else:
        text = body if isinstance(body, str) else decode_html(body, content_type)
        markup = text.encode("utf-8", "replace")
    if not has_long_tag(markup):
        return markup
    text = without_absurd_tags(markup.decode("utf-8", "replace"))
    return text.encode("utf-8", "replace")


def is_plain_utf8(body: bytes) -> bool:
    """Return True where ``decode_html`` would read the bytes as UTF-8 that begins with no mark."""
    if body.startswith(_MARKS) or _unmarked_codec(body):
        return False
    # piece by piece: a text of a megabyte that nobody asked for pushes all else out of the cache
    view, position = memoryview(body), 0
    try:
        while position < len(body):
            end = position + _PIECE
            position += codecs.utf_8_decode(view[position:end], "strict", end >= len(body))[1]
    except UnicodeDecodeError:
        return False
    return True


def has_long_tag(markup: bytes) -> bool:
    """Return True where a tag, or what follows a "<", is so long that it may be absurd.

    Looks at one place in ten thousand: between two brackets that near no long tag has room.
    """
    position = markup.find(b"<")
    while 0 <= position < len(markup) - _LONG:
        end = position + 1 + _LONG
        nearest = max(markup.rfind(b"<", position + 1, end), markup.rfind(b">", position + 1, end))
        if nearest < 0:
            return True
        position = markup.find(b"<", nearest)
    return False


def without_absurd_tags(text: str) -> str:
    """Return HTML without tags of thousands of attributes: libxml2 needs minutes for one such.

    Long values do not count: pages keep whole articles in one attribute.
    """
    return _LONG_TAG.sub(lambda m: "<" if _attributes(m[0]) > _MOST_ATTRIBUTES else m[0], text)


def _attributes(tag: str) -> int:
    return len(_QUOTED.sub("", tag).split(None, _MOST_ATTRIBUTES + 1))


def decode_xml(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a feed or sitemap; as ``decode_html``, with the XML declaration for meta.

    RFC 7303 3.2 puts the header before the declaration; a header that does not fit the bytes
    loses. The declaration stays in the text, the byte order mark does not.
    """
    return body.decode(xml_codec(body, content_type), "replace").removeprefix("\ufeff")


def xml_codec(body: bytes, content_type: str | None = None) -> str:
    """Return the Python codec that ``decode_xml`` uses; the start of a document is enough."""
    for start, encoding in _XML_STARTS:
        if body.startswith(start):
            return encoding
    return _codec(body, (header_charset(content_type), _xml_charset(body)))


def header_charset(content_type: str | None) -> str | None:
    """Return the Python codec that a Content-Type header asks for, None without a usable one."""
    found = _CHARSET.search(content_type[:1000]) if content_type else None
    return codec_of(found[1] or found[2] or found[3]) if found else None


def meta_charset(body: bytes) -> str | None:
    """Return the Python codec that a page's meta elements declare (HTML standard 13.2.3.2)."""
    head = _COMMENT.sub(b" ", body[:_PRESCAN_BYTES])
    for tag in _TAG.finditer(head):
        if tag[1].lower() != b"meta":
            continue
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(tag[2]):
            value = next((v for v in values if v), b"")
            attributes.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
        label = attributes.get("charset", "")
        if not label and attributes.get("http-equiv", "").strip().lower() == "content-type":
            found = _CHARSET.search(attributes.get("content", ""))
            label = (found[1] or found[2] or found[3]) if found else ""
        codec = codec_of(label) if label else None
        if codec:
            # A declaration that could be read as ASCII cannot be in UTF-16 (same section, step 15).
            return "utf-8" if codec.startswith(("utf-16", "utf-32")) else codec
    return None


def codec_of(label: str) -> str | None:
    """Return the Python codec for a label as browsers read it; None for unknown labels."""
    label = label.strip().lower()
    if not label or not label.isascii() or len(label) > 40:
        return None
    try:
        name = codecs.lookup(ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return None
    name = SUPERSETS.get(name, name)
    return name if WEB_CODECS.fullmatch(name) else None


def _xml_charset(body: bytes) -> str | None:
    found = _XML_ENCODING.search(body[:1000])
    codec = codec_of(found[1].decode("latin-1")) if found else None
    return "utf-8" if codec and codec.startswith(("utf-16", "utf-32")) else codec


def _codec(body: bytes, declared: tuple[str | None, ...]) -> str:
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return codec
    if unmarked := _unmarked_codec(body):
        return unmarked
    for encoding in ("utf-8", *declared):
        if encoding and _fits(body, encoding):
            return encoding
    return _codec_of_damaged(body, next((d for d in declared if d), None))


def _fits(body: bytes, codec: str) -> bool:
    """True when every byte can be read; the end may break off inside a character."""
    try:
        codecs.getincrementaldecoder(codec)().decode(body)
    except UnicodeError:
        return False
    return True


def _unmarked_codec(body: bytes) -> str | None:
    """Encodings that pass for ASCII byte by byte: wide ones have NULs, JIS has escapes."""
    start = body[:400]
    nuls = [start[n::4].count(0) * 4 / len(start) for n in range(4)] if len(start) >= 8 else []
    for codec, empty in _NUL_PATTERNS:
        if nuls and all((share > 0.7) == zero for share, zero in zip(nuls, empty, strict=True)):
            return codec
    if b"\x1b" not in body:  # found at once, where two bytes are searched for step by step
        return None
    escape = body.find(b"\x1b$", 0, _DETECT_BYTES)
    return "iso2022_jp_2" if escape >= 0 and body[escape + 2 : escape + 3] in b"@B" else None


# Which of four bytes are NUL where the text is mostly ASCII.
_NUL_PATTERNS = (
    ("utf-16-le", (False, True, False, True)),
    ("utf-16-be", (True, False, True, False)),
    ("utf-32-le", (False, True, True, True)),
    ("utf-32-be", (True, True, True, False)),
)


def _codec_of_damaged(body: bytes, declared: str | None) -> str:
    """No declaration fits every byte: a few bad bytes, or no declaration worth believing."""
    if _is_mostly_readable(body.decode(declared or "utf-8", "replace")):
        return declared or "utf-8"
    guess = chardet.detect(body[:_DETECT_BYTES])
    name, confidence = guess["encoding"], guess["confidence"] or 0.0
    guessed = codec_of(name) if name else None
    if guessed is None or guessed == "utf-8":
        return "cp1252"
    # Bytes that pair up as a multi-byte encoding demands hardly do so by chance.
    paired = guessed in _MULTI_BYTE and _fits(body, guessed)
    return guessed if paired or confidence >= _LEAST_CONFIDENCE else "cp1252"


def _is_mostly_readable(text: str) -> bool:
    """One damaged character in ten beyond ASCII is damage; more is the wrong encoding."""
    damaged = text.count("\ufffd")
    beyond_ascii = sum(1 for c in text if c > "\x7f") if damaged else 0
    return damaged * 10 <= beyond_ascii
