"""robots.txt as RFC 9309 says, kept for a day, asked for before the first request to an origin."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.middlewares.addresses import BlockedAddress
from crawler.middlewares.crawl_delay import HostHeldOff, Lanes, RunStopped, lanes_of
from crawler.middlewares.host_state import HostStateStore, RobotsCopy, host_state_of
from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.outcomes import FetchFailure, Outcome, outcome_of, reason_of
from crawler.middlewares.redirects import RedirectLoop
from crawler.middlewares.robots_rules import Rules, origin_of
from crawler.middlewares.whole_response import ROBOTS_BYTES

logger = logging.getLogger(__name__)

CACHE_FOR = timedelta(hours=24)  # RFC 9309 2.4
STALE_FOR = timedelta(days=30)  # how long a copy serves while the file is unreachable (2.3.1.4)
MAX_REDIRECTS = 5  # RFC 9309 2.3.1.2: at least five, beyond them the file counts as unavailable
# These are about the host as a whole, or about us: the request itself would end the same way.
_PASSED_ON: frozenset[Outcome] = frozenset({"dns", "refused", "tls", "proxy-failed"})


class RobotsDisallowed(FetchFailure):
    """robots.txt asks us not to fetch this."""

    outcome = "robots"


class RobotsUnreachable(FetchFailure):
    """robots.txt could not be read, so everything counts as disallowed for now."""

    def __init__(self, message: str, outcome: Outcome = "robots-unreachable") -> None:
        super().__init__(message)
        self.outcome = outcome


_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt: UTF-8, at most 500 KiB, bare line feeds; "" for HTML."""
    text = body[:ROBOTS_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return "" if _HTML.match(text) else text


def read_robots(response: Response, *, now: datetime) -> RobotsCopy:
    """Return what an answer to /robots.txt means, to be kept for a day.

    2xx is read, 4xx means no rules (RFC 9309 2.3.1.3), as does a redirect that leads nowhere.
    RobotsUnreachable for 5xx, and for 429: too many requests is no invitation to send more.
    """
    if response.status >= 500 or response.status == 429:
        raise RobotsUnreachable(f"robots.txt answers {response.status}")
    if 200 <= response.status < 300:
        return RobotsCopy(robots_text(response.body), 200, now)
    return RobotsCopy("", max(response.status, 400), now)


class RobotsMiddleware:
    """Lets a request pass, or raises RobotsDisallowed or RobotsUnreachable for the errback."""

    def __init__(
        self,
        *,
        token: str,
        store: HostStateStore,
        lanes: Lanes,
        download: Callable[[Request], Awaitable[Response]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        count: Callable[[str], None] = lambda key: None,
    ) -> None:
        self.token = token
        self.store = store
        self.lanes = lanes
        self.download = download
        self.now = now
        self.count = count
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read ROBOTSTXT_USER_AGENT, the product token."""

        async def download(request: Request) -> Response:
            assert crawler.engine is not None
            return await crawler.engine.download_async(request)

        return cls(
            token=crawler.settings.get("ROBOTSTXT_USER_AGENT") or "firstseen",
            store=host_state_of(crawler),
            lanes=lanes_of(crawler),
            download=download,
            count=lambda key: crawler.stats.inc_value(key),
        )

    async def process_request(self, request: Request) -> None:
        """Raise unless the robots.txt of the URL's origin lets the product token fetch it."""
        # A hub is no page: a feed names it so that subscribers ask there (WebSub 4).
        if request.meta.get("firstseen_purpose") in ("robots", "hub"):
            return
        try:
            rules = await self._rules_for(request.url)
        except RobotsUnreachable as error:
            self.count("robots/unreachable")
            raise RobotsUnreachable(str(error), error.outcome) from error
        if not rules.allows(request.url):
            self.count("robots/disallowed")
            raise RobotsDisallowed(f"robots.txt disallows {request.url}")
        self.count("robots/allowed")

    async def _rules_for(self, url: str) -> Rules:
        """Return the rules of an origin; requests that arrive together share one download."""
        origin = origin_of(url)
        task = self._rules.get(origin)
        if task is None:
            task = self._rules[origin] = asyncio.ensure_future(self._load(origin))
        # Shielded: one request given up must not take the answer from the others.
        return await asyncio.shield(task)

    async def _load(self, origin: str) -> Rules:
        copy = self.store.robots(origin)
        # A copy from the future was fetched before the clock was set back.
        if copy is None or abs(self.now() - copy.fetched_at) >= CACHE_FOR:
            copy = await self._fetch(origin, copy)
        rules = Rules(copy, self.token)
        if self.lanes.set_crawl_delay(lane_key(origin), rules.crawl_delay):
            self.count("crawl_delay/capped")
        return rules

    async def _fetch(self, origin: str, old: RobotsCopy | None) -> RobotsCopy:
        """Return a fresh copy, kept in the store; the old one while the file is unreachable."""
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            meta={
                "firstseen_purpose": "robots",
                "max_redirects": MAX_REDIRECTS,
                "max_retry_times": 1,
                "handle_httpstatus_all": False,
                "allow_offsite": True,  # a robots.txt may be redirected to another host
            },
        )
        self.count("robots/fetched")
        try:
            copy = read_robots(await self.download(request), now=self.now())
        except RedirectLoop:
            copy = RobotsCopy("", 404, self.now())
        except Exception as error:
            outcome = outcome_of(error)
            if isinstance(error, (BlockedAddress, HostHeldOff, RunStopped)):
                raise
            if old is not None and abs(self.now() - old.fetched_at) < STALE_FOR:
                self.count("robots/stale")
                return old
            why = f"robots.txt could not be read: {outcome}: {reason_of(error)}"
            if outcome in _PASSED_ON:
                raise RobotsUnreachable(why, outcome) from error
            logger.info("robots url=%s/robots.txt outcome=%s", origin, outcome)
            raise RobotsUnreachable(why) from error
        self.store.keep_robots(origin, copy)
        return copy
