"""Whole answers only: content codings undone under a limit, cut and unasked parts refused."""

from __future__ import annotations

import re
import sys
import zlib
from typing import Literal

import brotli  # type: ignore[import-untyped]  # comes with Scrapy, has no stubs
from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from crawler.middlewares.outcomes import FetchFailure

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

Purpose = Literal["listing", "article", "recheck", "robots"]

MEGABYTE = 1024 * 1024
ROBOTS_BYTES = 500 * 1024  # RFC 9309 2.5: at least 500 KiB are read; the rest is left unread
#: Most bytes of a reply, on the wire and again after unpacking. A sitemap may have 50 MB by its
#: protocol; the spider asks for that with ``meta["download_maxsize"]``.
MAX_BYTES: dict[Purpose, int] = {
    "listing": 15 * MEGABYTE,
    "article": 10 * MEGABYTE,
    "recheck": 10 * MEGABYTE,
    "robots": ROBOTS_BYTES,
}
SITEMAP_BYTES = 50 * MEGABYTE
ACCEPT_ENCODING = b"gzip, deflate, br, zstd"
_MAX_LAYERS = 2  # "gzip, gzip" happens by accident; more layers are a trap
_CHUNK = 256 * 1024


class TruncatedReply(FetchFailure):
    """Less came than the site announced, or a part nobody asked for."""

    outcome = "truncated"


class GarbledReply(FetchFailure):
    """The reply breaks HTTP or its own content coding."""

    outcome = "garbled"


class TooLarge(FetchFailure):
    """The reply is over the limit of its purpose."""

    outcome = "too-large"


def limit_for(request: Request) -> int:
    """Return the most bytes a reply to this request may have: its own wish, else its purpose's."""
    wish = request.meta.get("download_maxsize")
    return wish or MAX_BYTES.get(
        request.meta.get("firstseen_purpose", "article"), MAX_BYTES["article"]
    )


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


def decode_body(body: bytes, encodings: str, *, limit: int, cut: bool = False) -> bytes:
    """Return the body with its Content-Encoding undone.

    Raises TooLarge as soon as any layer exceeds ``limit``, TruncatedReply for a stream that stops
    before its end, GarbledReply for one that is broken or unknown. With ``cut`` the first ``limit``
    bytes are returned instead, however the stream goes on. A body that is called gzip and is not
    is returned as it is: proxies unpack and forget to say so.
    """
    layers = [c.strip().lower() for c in encodings.split(",") if c.strip()]
    layers = [c for c in layers if c != "identity"]
    if len(layers) > _MAX_LAYERS:
        raise GarbledReply(f"{len(layers)} layers of content coding")
    for coding in reversed(layers):
        body = _undo(coding, body, limit, cut=cut)
    return body[:limit] if cut else body


def _undo(coding: str, body: bytes, limit: int, *, cut: bool) -> bytes:
    decode = _CODINGS.get(coding)
    if decode is None:
        raise GarbledReply(f"unknown content coding {coding[:40]!r}")
    if not body or (decode is _gunzip and not body.startswith(b"\x1f\x8b")):
        return body
    try:
        plain, whole = decode(body, limit)
    except _BROKEN as error:
        raise GarbledReply(f"broken {coding} stream: {error}") from error
    if len(plain) > limit and not cut:
        raise TooLarge(f"more than {limit} bytes after unpacking {coding}")
    if not whole and not cut and len(plain) <= limit:
        raise TruncatedReply(f"the {coding} stream stops before its end")
    return plain


_HTML_OPENS = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_HTML_ENDS = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)


def is_cut_page(response: Response) -> bool:
    """Return whether a page of unannounced length stops before its end.

    Without Content-Length or chunks the end of the connection is the end of the page, whatever the
    reason; Scrapy then sets the flag "partial". A document that begins as HTML and never closes
    body or html is taken as cut.
    """
    if "partial" not in response.flags:
        return False
    return bool(_HTML_OPENS.search(response.body[:2048])) and not _HTML_ENDS.search(response.body)


def whole_response(response: Response, request: Request) -> Response:
    """Return the response unpacked and whole, else raise TruncatedReply, GarbledReply or TooLarge.

    For robots.txt the first 500 KiB count, whole or not.
    """
    is_robots = request.meta.get("firstseen_purpose") == "robots"
    if response.status == 206 and "Range" not in request.headers:
        raise TruncatedReply("206 Partial Content, though no range was asked for")
    request.meta["firstseen_wire_bytes"] = len(response.body)
    encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
    body = decode_body(response.body, encodings, limit=limit_for(request), cut=is_robots)
    if encodings:
        response = _unpacked(response, body)
    elif is_robots:
        response = response.replace(body=body)
    if not is_robots and response.status == 200 and is_cut_page(response):
        raise TruncatedReply("the page stops before its end")
    return response


def _unpacked(response: Response, body: bytes) -> Response:
    headers = response.headers.copy()
    headers.pop("Content-Encoding", None)
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    if issubclass(kind, TextResponse):  # the charset is looked for again in the plain body
        return response.replace(cls=kind, body=body, headers=headers, encoding=None)
    return response.replace(cls=kind, body=body, headers=headers)
