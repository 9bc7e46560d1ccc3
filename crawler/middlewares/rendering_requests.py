"""What a page in the browser may ask for: fetched by our own gate, never by the browser."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
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

from crawler.middlewares.rendering_losses import (
    OTHER_SERVICE,
    STILL_LOADING,
    TIME_OVER,
    Losses,
    Rounds,
    brings_content,
    loss_by_answer,
    loss_by_error,
)
from crawler.middlewares.rendering_trace import Download, Part, may_be_asked

logger = logging.getLogger(__name__)

MAX_REQUESTS = 120  # of one page, beyond the page itself
MAX_BYTES = 30 * 1024 * 1024  # of all of them together
AT_ONCE = 4  # requests of one page; to one host they go one at a time
SUB_REQUEST_SECONDS = 10.0
LATELY_SECONDS = 1.2  # who never pauses for half of it asks twice in it
MOST_TRIES = 3  # of an address that the page asks for again after it failed

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
    """Answers every request of one page, and knows what the page still waits for and did not get.

    ``document`` is the page as it was fetched; ``download`` is the engine's own way of fetching, so
    that address gate, robots.txt, redirects and size limits hold for scripts and data as well.
    ``at_hand`` are answers by address that were fetched for this page a moment ago. Its time runs
    from the moment it is made: make it when the browser has room for the page. The page may ask for
    ``ask_seconds``, and has ``wait_seconds`` until what it asked for should be there.
    """

    document: Response
    download: Download
    count: Callable[[str], None]
    ask_seconds: float
    wait_seconds: float
    at_hand: Mapping[str, Response] = field(default_factory=dict)
    begun: int = 0  # requests the page may be waiting for; repeated ones are none
    told: str | None = "it was not shown to its end"  # what it did not get; None: shown whole
    parts: tuple[Part, ...] | None = None  # what it was made of; None where a part cannot be asked
    _ended: bool = False
    _size_bytes: int = 0
    _served_page: bool = False
    _fetched: int = 0
    _answers: dict[str, asyncio.Task[Response | None]] = field(default_factory=dict)
    _tries: Counter[str] = field(default_factory=Counter)
    _parts: dict[str, Part | None] = field(default_factory=dict)  # None: not to be asked for again
    _refused_late: set[str] = field(default_factory=set)
    _rounds: Rounds = field(default_factory=Rounds)
    _under_way: int = 0
    _latest: deque[float] = field(default_factory=lambda: deque(maxlen=2))  # when it asked
    _last_at: float = field(default_factory=monotonic)
    _started_at: float = field(default_factory=monotonic)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def __post_init__(self) -> None:
        self.losses = Losses(self.document.url)

    async def handle(self, route: Route, request: PageRequest) -> None:
        """Answer one request of the page."""
        if self._ended and request.url not in self._answers:
            return  # unanswered, so that it shows no error in the moment before it is read
        answer = self._answer_for(request)
        if answer in ("stay", "refuse") or not self._is_fresh(request.url):
            with suppress(PlaywrightError):
                await self._answer(route, request, answer)
            return
        self.begun += 1
        self._under_way += 1
        self._latest.append(monotonic())
        try:
            await self._answer(route, request, answer)
        except PlaywrightError:
            pass  # the page is gone, or has withdrawn its request
        finally:
            self._under_way -= 1
            self._last_at = monotonic()

    def _answer_for(self, request: PageRequest) -> Answer:
        kind, url = request.resource_type, request.url
        main_frame, first = _is_main_frame(request), not self._served_page
        answer = answer_for(kind, request.method, main_frame=main_frame, first=first)
        if answer == "fetch" and not brings_content(kind, url, request.headers, self.document.url):
            return "refuse"
        return answer

    def _is_fresh(self, url: str) -> bool:
        """Whether the page may still get what it did not have: not asked for, or failed so far."""
        known = self._answers.get(url)
        if known is None or not known.done():
            return known is None
        return url in self.losses and self._tries[url] < MOST_TRIES

    async def _answer(self, route: Route, request: PageRequest, answer: Answer) -> None:
        match answer:
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
        if self._is_fresh(request.url):
            self._tries[request.url] += 1
            self._rounds.asked(request.url)
            self._answers[request.url] = asyncio.ensure_future(self._fetch(request))
        return await asyncio.shield(self._answers[request.url])

    async def _fetch(self, request: PageRequest) -> Response | None:
        """Return what our own gate fetches for the page, None when it may not or did not."""
        url, kind = request.url, request.resource_type
        self._parts[url] = None
        headers = passed_headers(await request.all_headers())
        if (known := self.at_hand.get(url)) is not None and request.method == "GET":
            return self._noted(request, headers, known)
        async with self._room:
            if barred := self._barred(url):
                self.losses.note(url, barred)
                return None
            self._fetched += 1
            self.count("rendering/requests")
            try:
                response = await self.download(self._wish(request, headers))
            except Exception as error:  # one part less; the look says so
                logger.debug("part not fetched url=%s error=%s", url, error)
                loss = loss_by_error(error, kind=kind, url=url, page_url=self.document.url)
                self.losses.note(url, loss)
                if loss is None:
                    self._parts.pop(url)  # the page does without, today and next time
                return None
        return self._noted(request, headers, response)

    def _wish(self, request: PageRequest, headers: dict[str, str]) -> Request:
        return Request(
            request.url,
            method=request.method,
            headers=headers,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={
                "firstseen_purpose": "rendering",
                "download_timeout": min(SUB_REQUEST_SECONDS, self.wait_left),
                "max_retry_times": 0,
            },
        )

    def _noted(self, request: PageRequest, headers: dict[str, str], response: Response) -> Response:
        self._size_bytes += len(response.body)
        self._rounds.answered(request.url)
        self.losses.note(request.url, loss_by_answer(response))
        if request.method == "GET":
            is_data = request.resource_type != "script"
            part = Part.of(request.url, response, headers=headers, is_data=is_data)
            self._parts[request.url] = part
        return response

    def _barred(self, url: str) -> str | None:
        """Why the page may not have an address, None when it may."""
        if not may_be_asked(url, self.document.url):
            return OTHER_SERVICE
        if not self._ended and monotonic() < self._started_at + self.ask_seconds:
            if self._fetched < MAX_REQUESTS and self._size_bytes < MAX_BYTES:
                return None
            reason = f"refused: more than {MAX_REQUESTS} requests or {MAX_BYTES >> 20} MB"
        else:
            reason = TIME_OVER
        self.count("rendering/over_budget")
        self._refused_late.add(url)
        return reason

    @property
    def wait_left(self) -> float:
        """The seconds until what the page asked for should be there."""
        return self._started_at + self.wait_seconds - monotonic()

    @property
    def quiet_seconds(self) -> float:
        """For how long the page has waited for nothing."""
        return 0.0 if self._under_way else monotonic() - self._last_at

    @property
    def asks_on(self) -> bool:
        """Whether the page has just asked, and asked again, for something it did not have."""
        return len(self._latest) > 1 and monotonic() - self._latest[0] < LATELY_SECONDS

    async def quiet(self, seconds: float) -> None:
        """Wait until the page has asked for nothing for so long, or its time is over."""
        while self.wait_left > 0 and self.quiet_seconds < seconds:
            await asyncio.sleep(max(0.05, min(seconds - self.quiet_seconds, seconds)))

    def end(self) -> str | None:
        """Take what is still under way for lost, and settle ``told`` and ``parts``.

        Returns what the page asks for without an end, None where there is no such address.
        """
        for url, task in self._answers.items():
            if not task.done():
                self.losses.note(url, STILL_LOADING)
        self._ended = True
        self.told = self.losses.told(len(self._answers)) if self.losses else None
        if self.told is None and None not in self._parts.values():
            self.parts = tuple(part for part in self._parts.values() if part is not None)
        return self._rounds.endless(self._refused_late)


def _is_main_frame(request: PageRequest) -> bool:
    with suppress(PlaywrightError):  # a worker's request has no frame
        return request.frame.parent_frame is None
    return False


async def _fulfil(route: Route, response: Response) -> None:
    await route.fulfill(status=response.status, headers=page_headers(response), body=response.body)
