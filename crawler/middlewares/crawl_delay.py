"""One lane per host: a single request at a time, with a gap, whatever the request is for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Self
from weakref import WeakKeyDictionary, ref

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.pqueues import DownloaderAwarePriorityQueue

from crawler.middlewares.host_state import HostStateStore, host_state_of
from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.outcomes import FetchFailure

__all__ = [
    "CrawlDelayMiddleware",
    "HostHeldOff",
    "LaneQueue",
    "LaneRules",
    "Lanes",
    "RunStopped",
    "lane_key",  # planners take it from lane_key.py, which needs no Scrapy
    "lanes_of",
]

_LONGEST_HOLD = 25 * 3600.0  # seconds; Retry-After is believed up to a day
_SLICE = 0.5  # a sleeping lane looks this often whether the run is being stopped


class HostHeldOff(FetchFailure):
    """The host asked for a pause that ends at ``until`` (aware UTC), too long to sit out here."""

    outcome = "held-off"

    def __init__(self, lane: str, until: datetime) -> None:
        super().__init__(f"{lane} asked to be left alone until {until:%Y-%m-%dT%H:%M:%SZ}")
        self.lane = lane
        self.until = until


class RunStopped(FetchFailure):
    """The run is ending; requests still waiting for their turn are dropped."""

    outcome = "stopped"


@dataclass(frozen=True, slots=True)
class LaneRules:
    """How patient and how polite a lane is; all in seconds.

    ``gap`` is the pause after a reply before the next request, ``cap`` the longest Crawl-delay that
    is honoured, ``max_wait`` the longest pause sat out within a run. A lane with a Crawl-delay
    above ``long`` gets only as many requests in one run as fit into ``patience`` (at least two: a
    listing and one article), so that a single host cannot hold a run for hours.
    """

    gap: float = 1.0
    cap: float = 30.0
    max_wait: float = 30.0
    long: float = 10.0
    patience: float = 45.0

    def requests_per_run(self, delay: float) -> int | None:
        """Return how many requests a run may send to a host asking for ``delay``, None = any."""
        return None if delay <= self.long else max(2, 1 + int(self.patience // delay))


@dataclass(slots=True)
class _Lane:
    free: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready_at: float = 0.0  # monotonic
    delay: float = 0.0  # the Crawl-delay asked for, capped
    pause_until: float = 0.0  # monotonic: back-off after a failure
    sent: int = 0  # requests other than robots.txt


class Lanes:
    """The lanes of one crawl. Time and sleep are arguments so that a test can hold them still.

    With ``heed_earlier`` off, a pause asked for in an earlier run is not sat out: somebody at the
    keyboard wants to know whether the site is back. What the site says then counts again.
    """

    def __init__(
        self,
        rules: LaneRules,
        store: HostStateStore,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        is_stopping: Callable[[], bool] = lambda: False,
        heed_earlier: bool = True,
    ) -> None:
        self.rules = rules
        self._store = store
        self._now, self._clock, self._sleep = now, clock, sleep
        self._is_stopping = is_stopping
        self._heed_earlier = heed_earlier
        self._held: dict[str, datetime] = {}  # what was asked during this run
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)

    def set_crawl_delay(self, lane: str, seconds: float) -> bool:
        """Apply the Crawl-delay of a robots.txt to its host; return whether it was capped.

        Of two files of one host (http and https) the slower one counts.
        """
        entry = self._lanes[lane]
        entry.delay = max(entry.delay, min(seconds, self.rules.cap))
        return seconds > self.rules.cap

    def pause(self, lane: str, seconds: float) -> None:
        """Give a host that just failed some air: no request for so many seconds of this run."""
        entry = self._lanes[lane]
        entry.pause_until = max(entry.pause_until, self._clock() + seconds)

    def hold(self, lane: str, until: datetime) -> None:
        """Leave the host alone until the time it named; kept across runs by the store."""
        self._held[lane] = max(until, self._held.get(lane, until))
        self._store.hold(lane, until)

    def check_hold(self, lane: str) -> float:
        """Return the seconds still to wait for the host's sake; HostHeldOff when it is too long."""
        until = self._held.get(lane)
        if until is None and self._heed_earlier:
            until = self._store.held_until(lane)
        asked = (until - self._now()).total_seconds() if until else 0.0
        if asked > _LONGEST_HOLD:
            asked = 0.0  # longer than any pause we believe: the clock was set back since
        wait = max(asked, self._lanes[lane].pause_until - self._clock(), 0.0)
        if wait > self.rules.max_wait:
            raise HostHeldOff(lane, self._now() + timedelta(seconds=wait))
        return wait

    @asynccontextmanager
    async def turn(self, lane: str, *, is_robots: bool = False) -> AsyncIterator[float | None]:
        """Wait for the lane, hold it while a request is under way, then start its gap.

        Yields the seconds since the last reply in this lane, None when there was none yet.

        Raises HostHeldOff when the host asked for more time than this run has, RunStopped when the
        run ends meanwhile.
        """
        entry = self._lanes[lane]
        async with entry.free:
            self._spend(lane, entry, is_robots=is_robots)
            while (wait := self._wait(lane, entry)) > 0:
                await self._sleep(min(wait, _SLICE))
            if self._is_stopping():
                raise RunStopped(f"{lane}: the run is ending")
            try:
                yield self._clock() - entry.ready_at if entry.ready_at else None
            finally:
                entry.ready_at = self._clock()

    def _wait(self, lane: str, entry: _Lane) -> float:
        if self._is_stopping():
            return 0.0
        # Having just read robots.txt, nobody waits half a minute before the first page.
        delay = min(entry.delay, self.rules.long) if entry.sent <= 1 else entry.delay
        gap = max(self.rules.gap, delay) if entry.ready_at else 0.0
        return max(entry.ready_at + gap - self._clock(), self.check_hold(lane))

    def _spend(self, lane: str, entry: _Lane, *, is_robots: bool) -> None:
        if is_robots:
            return  # robots.txt tells the delay; it cannot be counted against it
        allowed = self.rules.requests_per_run(entry.delay)
        if allowed is not None and entry.sent >= allowed:
            raise HostHeldOff(lane, self._now() + timedelta(seconds=entry.delay))
        entry.sent += 1


_LANES: WeakKeyDictionary[Crawler, Lanes] = WeakKeyDictionary()


def lanes_of(crawler: Crawler) -> Lanes:
    """Return the lanes that all components of a crawl share."""
    if crawler not in _LANES:
        settings = crawler.settings
        rules = LaneRules(
            gap=settings.getfloat("LANE_GAP", 1.0),
            cap=settings.getfloat("CRAWL_DELAY_CAP", 30.0),
            max_wait=settings.getfloat("RETRY_AFTER_MAX_WAIT", 30.0),
            long=settings.getfloat("CRAWL_DELAY_LONG", 10.0),
            patience=settings.getfloat("CRAWL_DELAY_PATIENCE", 45.0),
        )
        _LANES[crawler] = Lanes(
            rules,
            host_state_of(crawler),
            is_stopping=stopping_test(crawler),
            heed_earlier=settings.getbool("HEED_EARLIER_HOLDS", True),
        )
    return _LANES[crawler]


def stopping_test(crawler: Crawler) -> Callable[[], bool]:
    """Return a function that tells whether the crawl is being ended."""
    return partial(_is_stopping, ref(crawler))  # weak: the map of lanes must let it go


def _is_stopping(crawler_ref: ref[Crawler]) -> bool:
    """Return whether the engine was told to end: Scrapy has no signal for the beginning of it."""
    crawler = crawler_ref()
    engine = crawler.engine if crawler else None
    slot = engine._slot if engine else None
    return engine is None or not engine.running or (slot is not None and slot.closing is not None)


class CrawlDelayMiddleware:
    """Sends every request, robots.txt and redirect hops included, into the lane of its host."""

    def __init__(self) -> None:
        self.lane_of = lane_key

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Also names the lane before scheduling, so that the queue can balance the lanes."""
        middleware = cls()
        crawler.signals.connect(middleware.process_request, signal=signals.request_scheduled)
        return middleware

    def process_request(self, request: Request) -> None:
        """Overwrite the slot: a redirect to another host copies the slot of the first.

        What a page asks for while it is rendered has a slot beside that of the page, which is
        taken until the page is done; it too lets one request at a time to a host.
        """
        beside = " rendering" if request.meta.get("firstseen_purpose") == "rendering" else ""
        request.meta["download_slot"] = self.lane_of(request.url) + beside


class LaneQueue(DownloaderAwarePriorityQueue):
    """Scrapy's queue, except that a lane with a request under way gives no further one.

    Requests of a slow host thus wait in the queue, not in the downloader, where they would take up
    CONCURRENT_REQUESTS and keep the other hosts waiting.
    """

    def pop(self) -> Request | None:
        """Return a request of an idle lane, None while every lane is busy."""
        busy = {r.meta.get("download_slot") for r in self._downloader_interface.downloader.active}
        idle = {slot: queue for slot, queue in self.pqueues.items() if slot not in busy}
        if not idle:
            return None
        everything, self.pqueues = self.pqueues, idle
        try:
            return super().pop()
        finally:
            self.pqueues = {s: q for s, q in everything.items() if s in idle or s in busy}
