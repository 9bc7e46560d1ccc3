"""Whole answers only: content codings undone under a limit, cut and unasked parts refused."""

from __future__ import annotations

import re
from typing import Literal

from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from crawler.middlewares.content_coding import TruncatedReply, decode_body

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


def limit_for(request: Request) -> int:
    """Return the most bytes a reply to this request may have: its own wish, else its purpose's."""
    wish = request.meta.get("download_maxsize")
    return wish or MAX_BYTES.get(
        request.meta.get("firstseen_purpose", "article"), MAX_BYTES["article"]
    )


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
    kind = "" if is_robots else (response.headers.get("Content-Type") or b"").decode("latin-1")
    plain = decode_body(
        response.body, encodings, limit=limit_for(request), cut=is_robots, content_type=kind
    )
    if plain.false_coding:
        request.meta["firstseen_oddity"] = f"Content-Encoding {plain.false_coding!r} on plain bytes"
    if encodings:
        response = _unpacked(response, plain.body)
    elif is_robots:
        response = response.replace(body=plain.body)
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
