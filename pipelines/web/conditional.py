"""Answers that did not change are not sent again; HEAD is GET without the body."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LARGEST = 16 << 20  # bytes; a larger answer is sent as it comes
#: What a 304 keeps of the headers (RFC 9110 15.4.5); the body's own go with the body.
_OF_THE_BODY = ("content-length", "content-type", "content-encoding", "content-range")


def entity_tag(body: bytes) -> str:
    """Return the tag of a body: weak, because it is the same one when it is compressed."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


def is_match(header: str, tag: str) -> bool:
    """Whether an If-None-Match header names a tag, by weak comparison (RFC 9110 13.1.2)."""
    if header.strip() == "*":
        return True
    known = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag.removeprefix("W/") in known


class ConditionalGet:
    """ASGI middleware: gives answers to GET an ETag, honours If-None-Match, answers HEAD.

    An answer with a tag of its own keeps it. Whatever comes in more than one piece passes as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        sending = _Sending(scope, send)
        await self._app({**scope, "method": "GET"}, receive, sending.take)


class _Sending:
    """Holds the start of an answer until its body tells the tag."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._asked = Headers(scope=scope).get("if-none-match")
        self._is_head = scope["method"] == "HEAD"
        self._send = send
        self._start: Message | None = None

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, is_more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            headers = MutableHeaders(scope=start)
            if start["status"] == 200 and not is_more and len(body) <= _LARGEST:
                headers.setdefault("ETag", entity_tag(body))
                if self._asked is not None and is_match(self._asked, headers["ETag"]):
                    start["status"], body = 304, b""
                    for name in _OF_THE_BODY:
                        del headers[name]
            await self._send(start)
        await self._send({**message, "body": b"" if self._is_head else body})
