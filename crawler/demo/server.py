"""Serves one outlet on a loopback port, keeps the log of requests, and breaks on demand."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from crawler.demo.exchange import BadRequestError, Request, Response, message, parse_request

Fault = Literal[
    "error-500",
    "unavailable-503",  # with Retry-After
    "not-found",
    "html-for-listing",
    "empty-body",
    "truncated",  # the connection ends in the middle of the body
    "hangs",
    "refuses",
    "consent-wall",  # every page but the listing is a consent form
]
FAULTS: tuple[str, ...] = get_args(Fault)
_IDLE_SECONDS = 15.0
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
# Clients leave in the middle, fall silent, or are cut off because their server stops.
_ENDS = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError)
_RETRY_AFTER_SECONDS = 120
_HANG_SECONDS = 3600.0  # longer than any client waits
_CONSENT_FORM = (
    "<!doctype html><html><head><title>Your privacy choices</title></head><body><h1>We value your "
    "privacy</h1><p>We and our partners store information on your device. Please choose before you "
    "continue.</p><form><button>Accept all</button><button>Settings</button></form></body></html>"
)
_PLAIN_PAGE = "<!doctype html><html><body><h1>Welcome</h1><p>We are relaunching.</p></body></html>"


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One line of the log: a request that arrived, and the status it was answered with.

    ``in_flight`` counts this outlet's requests under way at arrival, this one included;
    ``status`` is 0 where no answer was sent.
    """

    outlet: str
    at: datetime
    method: str
    path: str
    query: str
    status: int
    user_agent: str
    conditional: bool
    in_flight: int


class OutletServer:
    """One listening port; ``answer`` turns a request into a response and knows the time."""

    def __init__(
        self,
        slug: str,
        host: str,
        *,
        zipped: bool,
        log: list[SeenRequest],
        listing_paths: frozenset[str],
    ) -> None:
        """Bind nothing yet; ``listing_paths`` are those a listing's fault applies to."""
        self.slug = slug
        self.fault: Fault | None = None
        self.answer: Callable[[Request], Response] = lambda _request: Response(status=404)
        self._host, self._zipped, self._log = host, zipped, log
        self._listing_paths = listing_paths
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self.port = 0

    async def start(self, port: int) -> int:
        """Listen on ``port`` (0: any free one) and return it."""
        self._server = await asyncio.start_server(self._serve, self._host, port)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Stop listening and end every open connection."""
        if self._held is not None:
            self._held.close()
            self._held = None
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def set_fault(self, fault: Fault | None) -> None:
        """Break the outlet, or mend it with None."""
        if "refuses" in (fault, self.fault) and fault != self.fault:
            await self.stop()
            if fault == "refuses":
                # Bound but not listening: connections are refused and nobody else gets the port.
                self._held = socket.socket()
                self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self._held.bind((self._host, self.port))
            else:
                await self.start(self.port)
        self.fault = fault

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(*_ENDS):
            while await self._exchange(reader, writer):
                pass
        writer.close()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        async with asyncio.timeout(_IDLE_SECONDS):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                request = parse_request(head[:-4])
            except (BadRequestError, asyncio.LimitOverrunError):
                writer.write(_BAD_REQUEST)
                return False
        self._in_flight += 1
        try:
            response = self._response(request)
            # Noted before it is sent, so that a client that has its answer finds it in the log.
            self._note(request, response.status if response else 0)
            if response is None:
                async with asyncio.timeout(_HANG_SECONDS):
                    await reader.read()  # ends when the client gives up
                return False
            close = request.headers.get("connection", "").lower() == "close"
            await self._send(writer, request, response, close=close)
            return not close and self.fault != "truncated"
        finally:
            self._in_flight -= 1

    async def _send(
        self, writer: asyncio.StreamWriter, request: Request, response: Response, *, close: bool
    ) -> None:
        data = message(request, response, zipped=self._zipped, close=close)
        if self.fault == "truncated" and request.path in self._listing_paths:
            data = data[: -max(1, len(response.body) // 3)]
        writer.write(data)
        await writer.drain()

    def _response(self, request: Request) -> Response | None:
        """Return the outlet's answer, or what the fault in force makes of it; None: no answer."""
        if request.method not in ("GET", "HEAD"):
            return Response(status=405, headers={"Allow": "GET, HEAD"})
        on_listing = request.path in self._listing_paths
        match self.fault:
            case "hangs" if request.path != "/robots.txt":
                return None
            case "error-500" if on_listing:
                return Response(b"Internal Server Error", "text/plain", 500)
            case "unavailable-503" if on_listing:
                wait = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
                return Response(b"Service Unavailable", "text/plain", 503, wait)
            case "not-found" if on_listing:
                return Response(_PLAIN_PAGE.encode(), status=404)
            case "html-for-listing" if on_listing:
                return Response(_PLAIN_PAGE.encode())
            case "empty-body" if on_listing:
                return Response(b"", self.answer(request).content_type)
            case "consent-wall" if not on_listing and request.path != "/robots.txt":
                return Response(_CONSENT_FORM.encode())
        return self.answer(request)

    def _note(self, request: Request, status: int) -> None:
        path, _, query = request.target.partition("?")
        self._log.append(
            SeenRequest(
                outlet=self.slug,
                at=datetime.now(UTC),
                method=request.method,
                path=path,
                query=query,
                status=status,
                user_agent=request.headers.get("user-agent", ""),
                conditional=request.is_conditional,
                in_flight=self._in_flight,
            )
        )
