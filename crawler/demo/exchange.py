"""HTTP messages of the demonstration web: parsing, validators, compression. No sockets here."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

_SMALLEST_WORTH_ZIPPING = 400  # bytes; below, gzip's own header eats the gain


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case, ``path`` is decoded and without the query."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Return the decoded path."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """Return the query's parameters; of repeated ones the last."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def is_conditional(self) -> bool:
        """Tell whether the client asks only for news since its last copy."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; ``modified_at`` is the moment its content last changed, if that is meant."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified_at: datetime | None = None


class BadRequestError(ValueError):
    """The bytes are not an HTTP/1.1 request head."""


def parse_request(head: bytes) -> Request:
    """Return the request whose head (up to the empty line) is given."""
    first, *lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, version = first.split(" ")
    except ValueError:
        raise BadRequestError(first) from None
    if not version.startswith("HTTP/1."):
        raise BadRequestError(first)
    pairs = (line.partition(":") for line in lines if ":" in line)
    return Request(
        method, target, {name.strip().lower(): value.strip() for name, _, value in pairs}
    )


def with_validators(request: Request, response: Response, validators: tuple[str, ...]) -> Response:
    """Return the response with its validators, or 304 when the client's copy is still good."""
    if response.status != HTTPStatus.OK:
        return response
    headers = dict(response.headers)
    if "etag" in validators:
        # Weak: the same content may be sent with or without gzip (RFC 9110 8.8.1).
        headers["ETag"] = f'W/"{hashlib.sha256(response.body).hexdigest()[:20]}"'
    if "last-modified" in validators and response.modified_at:
        headers["Last-Modified"] = format_datetime(response.modified_at, usegmt=True)
    if _is_unchanged(request, headers):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(response.body, response.content_type, response.status, headers)


def _is_unchanged(request: Request, headers: Mapping[str, str]) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:  # RFC 9110 13.1.3: If-None-Match wins over If-Modified-Since
        etag = headers.get("ETag")
        return etag is not None and etag in [tag.strip() for tag in tags.split(",")]
    since, modified = request.headers.get("if-modified-since"), headers.get("Last-Modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False  # RFC 9110 13.1.3: a date that cannot be read is ignored


def message(request: Request, response: Response, *, zipped: bool, close: bool) -> bytes:
    """Return the bytes to send: status line, headers, and the body where one belongs."""
    body, headers = response.body, dict(response.headers)
    accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
    if zipped and accepts_gzip and len(body) >= _SMALLEST_WORTH_ZIPPING:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    if zipped:
        headers["Vary"] = "Accept-Encoding"
    has_body = response.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    if has_body:
        headers.setdefault("Content-Type", response.content_type)
        headers.setdefault("Content-Length", str(len(body)))
    headers["Connection"] = "close" if close else "keep-alive"
    phrase = HTTPStatus(response.status).phrase
    head = [f"HTTP/1.1 {response.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    sent = body if has_body and request.method != "HEAD" else b""
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + sent
