"""Undoes Content-Encoding under a limit; what is called packed and is plain is taken as it is."""

from __future__ import annotations

import re
import sys
import zlib
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]  # comes with Scrapy, has no stubs

from crawler.middlewares.outcomes import FetchFailure

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

ACCEPT_ENCODING = b"gzip, deflate, br, zstd"
_MAX_LAYERS = 2  # "gzip, gzip" happens by accident; more layers are a trap
_CHUNK = 256 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class TruncatedReply(FetchFailure):
    """Less came than the site announced, or a part nobody asked for."""

    outcome = "truncated"


class GarbledReply(FetchFailure):
    """The reply breaks HTTP or its own content coding."""

    outcome = "garbled"


class TooLarge(FetchFailure):
    """The reply is over the limit of its purpose."""

    outcome = "too-large"


def _zlib(body: bytes, limit: int, wbits: int) -> tuple[bytes, bool, bytes]:
    engine = zlib.decompressobj(wbits)
    out, rest = bytearray(), body
    while rest and not engine.eof and len(out) <= limit:
        out += engine.decompress(rest, min(_CHUNK, limit + 1 - len(out)))
        rest = engine.unconsumed_tail
    if not engine.eof and len(out) <= limit:
        out += engine.flush()
    return bytes(out), engine.eof, engine.unused_data


def _gunzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    out, whole, rest = _zlib(body, limit, 31)
    while whole and rest.startswith(b"\x1f\x8b") and len(out) <= limit:  # further members
        more, whole, rest = _zlib(rest, limit - len(out), 31)
        out += more
    return out, whole


def _inflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    try:
        return _zlib(body, limit, 15)[:2]
    except zlib.error:
        return _zlib(body, limit, -15)[:2]  # some servers send the raw stream (RFC 9110 8.4.1.2)


def _unbrotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    engine = brotli.Decompressor()
    out = bytearray(engine.process(body, output_buffer_limit=_CHUNK))
    while not engine.is_finished() and len(out) <= limit:
        piece = engine.process(b"", output_buffer_limit=_CHUNK)
        if not piece:
            break
        out += piece
    return bytes(out), engine.is_finished()


def _unzstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    engine = ZstdDecompressor()
    out, rest = bytearray(), body
    while not engine.eof and len(out) <= limit:
        piece = engine.decompress(rest, _CHUNK)
        rest = b""
        if not piece and engine.needs_input:
            break
        out += piece
    return bytes(out), engine.eof


_CODINGS = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
_BROKEN = (zlib.error, brotli.error, ZstdError)


@dataclass(frozen=True, slots=True)
class Plain:
    """A body with its codings undone, and the words that were not true of it, "" for none."""

    body: bytes
    false_coding: str = ""


def decode_body(
    body: bytes, encodings: str, *, limit: int, cut: bool = False, content_type: str = ""
) -> Plain:
    """Return the body with its Content-Encoding undone.

    Raises TooLarge as soon as any layer exceeds ``limit``, TruncatedReply for a stream that stops
    before its end, GarbledReply for one that is broken. With ``cut`` the first ``limit`` bytes are
    returned instead, however the stream goes on. A word that is no coding ("UTF-8", "none",
    "aws-chunked"), or the name of one that was not applied, is passed over where the bytes are
    readable as ``content_type`` without it: storage writes the one, and proxies unpack and forget
    to say so. Browsers show both.
    """
    words = [word.strip()[:40] for word in encodings.split(",") if word.strip()]
    words = [word for word in words if word.lower() != "identity"]
    if sum(word.lower() in _CODINGS for word in words) > _MAX_LAYERS:
        raise GarbledReply(f"{len(words)} layers of content coding")
    passed_over: list[str] = []
    for word in reversed(words):
        undone = _undo(word.lower(), body, limit, cut=cut, content_type=content_type)
        if undone is None:
            passed_over.insert(0, word)
        else:
            body = undone
    if body and passed_over and not is_readable(body, content_type):
        raise GarbledReply(f"Content-Encoding {', '.join(passed_over)!r}, and the bytes no text")
    return Plain(body[:limit] if cut else body, ", ".join(passed_over))


def _undo(coding: str, body: bytes, limit: int, *, cut: bool, content_type: str) -> bytes | None:
    """Return the body without one coding, None where that coding was never applied to it."""
    decode = _CODINGS.get(coding)
    if not body:
        return body
    if decode is None or (decode is _gunzip and not body.startswith(_GZIP_MAGIC)):
        return None
    # No text begins with the mark of gzip; of the other streams the beginning says too little.
    may_be_plain = decode is not _gunzip and is_readable(body, content_type)
    try:
        plain, whole = decode(body, limit)
    except _BROKEN as error:
        if may_be_plain:
            return None
        raise GarbledReply(f"broken {coding} stream: {error}") from error
    if len(plain) > limit and not cut:
        raise TooLarge(f"more than {limit} bytes after unpacking {coding}")
    if not whole and len(plain) <= limit:
        if may_be_plain:
            return None
        if not cut:
            raise TruncatedReply(f"the {coding} stream stops before its end")
    return plain


# Bytes that no text has (WHATWG MIME Sniffing 3, "binary data byte"); of packed data every eighth
# byte is one. A stray one in a page is a slip of its editor.
_BINARY = bytes({*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
_FEWEST_BINARY = 0.01
_SAMPLE = 256 * 1024
_MARKUP = re.compile(r"html|xml|rss|atom", re.IGNORECASE)
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{\[]")
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?(utf-?(?:16|32)[a-z-]*)", re.IGNORECASE)


def is_readable(body: bytes, content_type: str) -> bool:
    """Return whether bytes are what they claim to be as they are, without any coding undone.

    Text of any charset has next to no control bytes; markup begins with a tag besides, and JSON
    with a bracket. What claims to be a picture or a film is not judged: nobody reads it.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind.partition("/")[0] in ("image", "audio", "video", "font") or kind == "application/pdf":
        return True
    if body.startswith(_GZIP_MAGIC):
        return "html" not in kind  # sitemap.xml.gz is text in a box, which its reader opens
    text = _narrow(body[:_SAMPLE], content_type)
    binary = len(text) - len(text.translate(None, _BINARY))
    if binary > _FEWEST_BINARY * len(text):
        return False
    return not _MARKUP.search(kind) or text.lstrip(b"\xef\xbb\xbf \t\r\n\f")[:1] in (
        b"<",
        b"{",
        b"[",
    )


def _narrow(sample: bytes, content_type: str) -> bytes:
    """Return a sample in UTF-8 where its charset takes two or four bytes for a letter."""
    said = _CHARSET.search(content_type)
    charset = next((name for mark, name in _WIDE if sample.startswith(mark)), said and said[1])
    if charset is None:
        return sample
    try:
        return sample.decode(charset, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    except LookupError:
        return sample
