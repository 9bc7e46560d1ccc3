"""Fetches the pictures of articles for the page: publishers see the monitor, never the reader."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from importlib.metadata import version
from urllib.parse import urljoin, urlsplit

from crawler.config import Options
from crawler.middlewares.addresses import BlockedAddress
from crawler.middlewares.gate import Gate
from pipelines.turns import in_turn
from pipelines.webhook import AddressGate, PinnedConnection, Resolve, checked_addresses

logger = logging.getLogger(__name__)

LARGEST = 5_000_000  # bytes of one picture
SECONDS = 8.0  # for one picture with its redirects
_HOPS = 3
_KEPT = 64  # pictures in memory; one page shows six
_AT_ONCE = 4
#: By the first bytes: what a site says of its type is a claim. SVG is a document, not a picture.
_KINDS: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)
Picture = tuple[str, bytes]


def kind_of_picture(body: bytes) -> str | None:
    """Return the type of a picture by its first bytes; None: not one that is shown."""
    return next((kind for sign, at, kind in _KINDS if body[at : at + len(sign)] == sign), None)


class Pictures:
    """Fetches pictures through the fetch gate and keeps the last ones in memory."""

    def __init__(
        self,
        gate: AddressGate,
        user_agent: str,
        *,
        resolve: Resolve = socket.getaddrinfo,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gate, self._user_agent = gate, user_agent
        self._resolve, self._clock = resolve, clock
        self._kept: OrderedDict[str, Picture | None] = OrderedDict()
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def __call__(self, url: str) -> Picture | None:
        """Return the type and the bytes of a picture; None: not to be had. Never raises."""
        with self._lock:
            if url in self._kept:
                self._kept.move_to_end(url)
                return self._kept[url]
        if not self._room.acquire(timeout=SECONDS):
            return None
        try:
            found = self._fetch(url)
        finally:
            self._room.release()
        with self._lock:
            self._kept[url] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _fetch(self, url: str) -> Picture | None:
        until = self._clock() + SECONDS
        try:
            for _ in range(_HOPS + 1):
                body, onward = self._ask(url, until)
                if onward is None:
                    kind = kind_of_picture(body)
                    return (kind, body) if kind else None
                url = urljoin(url, onward)
        except (OSError, ValueError, http.client.HTTPException, BlockedAddress) as error:
            logger.info("no picture error=%s", type(error).__name__)
        return None

    def _ask(self, url: str, until: float) -> tuple[bytes, str | None]:
        """Return the body, or where the answer leads on to. Every hop passes the gate."""
        place = self._gate.check_url(url)
        ips = checked_addresses(*place, self._gate, self._resolve)
        left = max(0.1, until - self._clock())
        return in_turn(ips, lambda ip, share: self._ask_at(ip, place, url, share), seconds=left)

    def _ask_at(
        self, ip: str, place: tuple[str, int], url: str, seconds: float
    ) -> tuple[bytes, str | None]:
        until = self._clock() + seconds
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        tls = parts.scheme.lower() == "https"
        connection = PinnedConnection(place, ip, seconds, tls=tls, route=self._gate.route)
        try:
            headers = {"User-Agent": self._user_agent, "Accept": "image/*"}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                return b"", answer.headers.get("Location") or ""
            if answer.status != 200:
                raise ValueError("no picture there")
            return self._read(answer, until), None
        finally:
            connection.close()

    def _read(self, answer: http.client.HTTPResponse, until: float) -> bytes:
        body = bytearray()
        while part := answer.read1(65_536):
            body += part
            if len(body) > LARGEST or self._clock() > until:
                raise ValueError("too large, or too slow")
        return bytes(body)


def pictures_of(options: Options) -> Pictures:
    """Return the pictures of a workspace: its exceptions and its contact, as for every fetch."""
    contact = f" (+{options.fetch.contact})" if options.fetch.contact else ""
    agent = f"firstseen/{version('firstseen')}{contact}"
    return Pictures(Gate.of(options, os.environ), agent)
