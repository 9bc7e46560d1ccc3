"""What a page in the browser may ask for: fetched by our own gate, never by the browser."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest
from playwright.async_api import Route
from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.middlewares.outcomes import outcome_of
from crawler.middlewares.rendering_trace import Download, Part, may_be_asked

logger = logging.getLogger(__name__)

MAX_REQUESTS = 120  # of one page, beyond the page itself
MAX_BYTES = 30 * 1024 * 1024  # of all of them together
AT_ONCE = 4  # requests of one page; to one host they go one at a time
SUB_REQUEST_SECONDS = 10.0

Answer = Literal["page", "stay", "fetch", "empty", "refuse"]
# Scripts, and the data they ask for. A style sheet is answered without being fetched: loaders wait
# for it, and nobody looks. Pictures, films, fonts, frames, beacons and sockets have nothing to say.
_FETCHED = frozenset({"script", "xhr", "fetch"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})  # RFC 9110 9.2.1: nothing changes by our looking
# What the browser says of itself and of where it came from stays here (cookies, referrer); the
# rest of these belongs to one connection (RFC 9110 7.6.1).
_KEPT_BACK = frozenset(
    {
        *("cookie", "referer", "user-agent", "accept-encoding", "authorization"),
        *("connection", "content-length", "host", "transfer-encoding", "upgrade", "te"),
        *("if-none-match", "if-modified-since", "range"),
    }
)
# Unpacked already; and nothing that outlives the page or leads away from it.
_NOT_PASSED_ON = frozenset(
    {
        *("content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"),
        *("set-cookie", "strict-transport-security", "refresh", "alt-svc", "report-to", "nel"),
    }
)


def answer_for(kind: str, method: str, *, main_frame: bool, first: bool) -> Answer:
    """Return how a request of the page is answered, by the browser's name for its kind.

    ``main_frame`` tells the page itself from its frames; ``first`` is true until the page has had
    its document: scripts do not lead it elsewhere.
    """
    if kind == "document":
        return ("page" if first else "stay") if main_frame else "refuse"
    if kind == "stylesheet":
        return "empty"
    return "fetch" if kind in _FETCHED and method in _SAFE_METHODS else "refuse"


def passed_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return the browser's request headers that a site gets to see."""
    return {
        name: value
        for name, value in headers.items()
        if name not in _KEPT_BACK and not name.startswith(("sec-", "proxy-"))
    }


def page_headers(response: Response) -> dict[str, str]:
    """Return the response headers that a page in the browser gets to see."""
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.decode("latin-1").lower() not in _NOT_PASSED_ON
    }


@dataclass(eq=False)  # no slots: Playwright leaves a mark on what it calls
class PageRequests:
    """Answers every request of one page, and knows when the page has gone quiet.

    ``document`` is the page as it was fetched; ``download`` is the engine's own way of fetching, so
    that address gate, robots.txt, redirects and size limits hold for scripts and data as well.
    ``at_hand`` are answers by address that were fetched for this page a moment ago.
    """

    document: Response
    download: Download
    count: Callable[[str], None]
    budget_seconds: float
    at_hand: Mapping[str, Response] = field(default_factory=dict)
    requests: int = 0
    size_bytes: int = 0
    _served_page: bool = False
    _answers: dict[str, asyncio.Task[Response | None]] = field(default_factory=dict)
    _parts: dict[str, Part | None] = field(default_factory=dict)  # None: not to be asked for again
    _under_way: int = 0
    _last_at: float = field(default_factory=monotonic)
    _started_at: float = field(default_factory=monotonic)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def handle(self, route: Route, request: PageRequest) -> None:
        """Answer one request of the page."""
        is_repeated = (
            request.url in self._answers
        )  # asked for on and on: the page has what it wants
        self._under_way += 1
        try:
            await self._answer(route, request)
        except PlaywrightError:
            pass  # the page is gone, or has withdrawn its request
        finally:
            self._under_way -= 1
            if not is_repeated:
                self._last_at = monotonic()

    async def _answer(self, route: Route, request: PageRequest) -> None:
        first = not self._served_page
        main_frame = _is_main_frame(request)
        match answer_for(request.resource_type, request.method, main_frame=main_frame, first=first):
            case "page":
                self._served_page = True
                await _fulfil(route, self.document)
            case "stay":  # any other error would put an error page in the place of this one
                self.count("rendering/refused")
                await route.abort("aborted")
            case "fetch":
                response = await self._fetch_once(request)
                await (_fulfil(route, response) if response else route.abort())
            case "empty":
                await route.fulfill(status=200, headers={"content-type": "text/css"}, body="")
            case _:
                self.count("rendering/refused")
                await route.abort()

    async def _fetch_once(self, request: PageRequest) -> Response | None:
        """Return the same answer to the same address, however often the page asks."""
        if request.url not in self._answers:
            self._answers[request.url] = asyncio.ensure_future(self._fetch(request))
        return await asyncio.shield(self._answers[request.url])

    async def _fetch(self, request: PageRequest) -> Response | None:
        """Return what our own gate fetches for the page, None when it may not or did not."""
        if not may_be_asked(request.url, self.document.url):
            return None
        self._parts[request.url] = None
        if not self._has_room():
            return None
        self.requests += 1
        headers = passed_headers(await request.all_headers())
        if (known := self.at_hand.get(request.url)) is not None and request.method == "GET":
            return self._noted(request, headers, known)
        self.count("rendering/requests")
        wish = Request(
            request.url,
            method=request.method,
            headers=headers,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={
                "firstseen_purpose": "rendering",
                "download_timeout": min(SUB_REQUEST_SECONDS, self.seconds_left),
                "max_retry_times": 0,
            },
        )
        try:
            async with self._room:
                response = await self.download(wish)
        except Exception as error:  # one script less; what the page then shows is judged later
            logger.debug("script not fetched url=%s error=%s", request.url, error)
            if request.resource_type == "script" or outcome_of(error) == "robots":
                self._parts.pop(request.url)  # the page does without, today and next time
            return None
        return self._noted(request, headers, response)

    def _noted(self, request: PageRequest, headers: dict[str, str], response: Response) -> Response:
        self.size_bytes += len(response.body)
        if request.method == "GET":
            is_data = request.resource_type != "script"
            part = Part.of(request.url, response, headers=headers, is_data=is_data)
            self._parts[request.url] = part
        return response

    @property
    def parts(self) -> tuple[Part, ...] | None:
        """What the page was made of beside itself; None where some of it cannot be asked again."""
        known = tuple(part for part in self._parts.values() if part is not None)
        return known if len(known) == len(self._parts) else None

    def _has_room(self) -> bool:
        if self.requests >= MAX_REQUESTS or self.size_bytes >= MAX_BYTES or self.seconds_left <= 0:
            self.count("rendering/over_budget")
            return False
        return True

    @property
    def seconds_left(self) -> float:
        """The time in which the page may still ask for something."""
        return self._started_at + self.budget_seconds - monotonic()

    async def quiet(self, seconds: float) -> None:
        """Wait until the page has asked for nothing for so long, or its time is over."""
        while self.seconds_left > 0:
            since = monotonic() - self._last_at
            if not self._under_way and since >= seconds:
                return
            await asyncio.sleep(max(0.05, min(seconds - since, seconds)))


def _is_main_frame(request: PageRequest) -> bool:
    with suppress(PlaywrightError):  # a worker's request has no frame
        return request.frame.parent_frame is None
    return False


async def _fulfil(route: Route, response: Response) -> None:
    await route.fulfill(status=response.status, headers=page_headers(response), body=response.body)
