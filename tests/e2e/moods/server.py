"""Serves outlets on loopback, each in the mood it is in, down to the bytes on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

from crawler.demo.exchange import (
    BadRequestError,
    Request,
    Response,
    message,
    parse_request,
    with_validators,
)
from tests.e2e.moods.outlets import Clock, Offered, Outlet
from tests.e2e.moods.texts import PARKED, page

_START_SECONDS = 10.0
_ENDS = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError)


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends before the body does; ``share`` of it arrives, and none of the head."""

    response: Response
    share: float = 0.6


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer comes after so many seconds."""

    response: Response
    seconds: float


#: None: the connection ends without a word.
Answer = Response | Cut | Slow | None


@dataclass
class Exchange:
    """One request to an outlet in a mood; ``memory`` lasts as long as the server does."""

    request: Request
    outlet: Outlet
    clock: Clock
    memory: dict[str, Any]

    @property
    def is_robots(self) -> bool:
        return self.request.path == "/robots.txt"

    @property
    def is_listing(self) -> bool:
        return self.request.path in self.outlet.listing_paths

    @property
    def is_page(self) -> bool:
        return not self.is_listing and not self.is_robots

    def usual(self) -> Response:
        """Return what the outlet answers when it is well."""
        return self.ask(self.request.target)

    def ask(self, target: str) -> Response:
        """Return what the outlet answers at another of its addresses."""
        kept = {k: v for k, v in self.request.headers.items() if not k.startswith("if-")}
        return self.outlet.answer(Request(self.request.method, target, kept))


Does = Callable[[Exchange], Answer]


@dataclass
class OutletServer:
    """One outlet and the mood it is in; None: it is well."""

    outlet: Outlet
    clock: Clock
    mood: Does | None = None
    memory: dict[str, Any] = field(default_factory=dict)

    async def start(self) -> asyncio.Server:
        host, _, port = self.outlet.origin.removeprefix("http://").partition(":")
        return await asyncio.start_server(self._serve, host, int(port))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*_ENDS, BadRequestError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        async with asyncio.timeout(15):
            request = parse_request((await reader.readuntil(b"\r\n\r\n"))[:-4])
        exchange = Exchange(request, self.outlet, self.clock, self.memory)
        answer = exchange.usual() if self.mood is None else self.mood(exchange)
        if isinstance(answer, Slow):
            await asyncio.sleep(answer.seconds)
            answer = answer.response
        if answer is None:
            return False
        response, share = (
            (answer.response, answer.share) if isinstance(answer, Cut) else (answer, 1)
        )
        data = self._message(request, response)
        if share < 1:
            head = data.index(b"\r\n\r\n") + 4
            data = data[: head + int((len(data) - head) * share)]
        writer.write(data)
        await writer.drain()
        return share == 1 and request.headers.get("connection", "").lower() != "close"

    def _message(self, request: Request, response: Response) -> bytes:
        headers = dict(response.headers)
        is_304 = headers.pop("X-Says-Unchanged", "")  # a mood of the validators themselves
        modified = headers.pop("Last-Modified", None)
        kinds = tuple(k for k in ("etag", "last-modified") if k in map(str.lower, response.headers))
        headers.pop("ETag", None)
        plain = replace(
            response,
            headers={"Date": format_datetime(self.clock.now(), usegmt=True), **headers},
            modified_at=parsedate_to_datetime(modified) if modified else None,
        )
        if is_304 and request.is_conditional:
            return message(request, Response(status=304), zipped=False, close=False)
        told = with_validators(request, plain, kinds)
        zipped = not {"content-encoding", "content-length"} & {k.lower() for k in headers}
        return message(request, told, zipped=zipped, close=False)


@dataclass
class Parked:
    """A domain on which nothing stands but an offer to sell it."""

    origin: str
    slug: str = "parked"
    listing_paths: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()

    def source_file(self) -> str:
        return ""

    def answer(self, request: Request) -> Response:
        return Response(page(PARKED))

    def articles(self) -> list[Offered]:
        return []

    def listed(self) -> set[str]:
        return set()


class MoodyWeb:
    """The servers of several outlets in one thread; a context manager."""

    def __init__(self, outlets: Sequence[Outlet], parked: str, clock: Clock) -> None:
        """Take the outlets, and where a parked domain is; nothing listens before it is entered."""
        given = [*outlets, Parked(parked)]
        self.servers = {o.slug: OutletServer(o, clock) for o in given}
        for server in self.servers.values():
            server.memory["parked"] = parked
        self._loop = asyncio.new_event_loop()
        self._open: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        for server in self.servers.values():
            self._open.append(self._run(server.start()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._open:
            self._loop.call_soon_threadsafe(server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)

    def _run(self, work: Coroutine[Any, Any, asyncio.Server]) -> asyncio.Server:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_SECONDS)


def unzipped(response: Response) -> Response:
    """Return a response whose body is as it was before it was packed."""
    packed = response.headers.get("Content-Encoding") == "gzip"
    return replace(response, body=gzip.decompress(response.body)) if packed else response
