"""Retry-After for the whole host, and the few retries that are worth making."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.middlewares.crawl_delay import Lanes, lanes_of
from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.outcomes import FetchFailure, Outcome, outcome_of

logger = logging.getLogger(__name__)

#: The longest Retry-After believed: a typing error of a server must not silence a source for ever.
RETRY_AFTER_CAP = timedelta(hours=24)
# Worth another try within the run: the server says "not now", or the connection broke. Not a
# timeout, which has already cost a minute, and no refusal of ours.
RETRY_STATUSES = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
RETRY_OUTCOMES: frozenset[Outcome] = frozenset({"network", "refused", "truncated", "dns"})
# The host as a whole is busy: after the last try its other pages are left alone as well.
BUSY_STATUSES = frozenset({429, 503})
BUSY_PAUSE = 900.0  # seconds; longer than any run waits, so it ends the host's part of this run


def parse_retry_after(
    value: str | None, *, now: datetime, server_date: str | None = None
) -> timedelta | None:
    """Return how long a Retry-After asks to wait (RFC 9110 10.2.3), None when it asks nothing.

    ``value`` is seconds or an HTTP-date. A date is read against the server's own Date header where
    there is one, so that a wrong clock on either side does no harm. Unreadable, negative and past
    values are None; the result never exceeds RETRY_AFTER_CAP.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:12]), RETRY_AFTER_CAP.total_seconds()))
    else:
        at = _http_date(text)
        if at is None:
            return None
        wait = min(at - (_http_date(server_date or "") or now), RETRY_AFTER_CAP)
    return wait if wait > timedelta(0) else None


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def retry_gap(tried: int, *, first: float) -> float:
    """Return the seconds to wait before try number ``tried`` + 1: they grow fourfold."""
    return float(first * 4 ** max(tried - 1, 0))


class RetryAfterMiddleware:
    """Keeps the host's Retry-After for all its requests and retries the few failures worth it.

    A wait the run can sit out holds the lane; a longer one drops the host's remaining requests with
    HostHeldOff. ``request.meta["firstseen_retry_at"]`` tells the spider what was asked.
    """

    def __init__(
        self,
        lanes: Lanes,
        *,
        retries: int = 2,
        first_gap: float = 2.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        count: Callable[[str], None] = lambda key: None,
    ) -> None:
        self.lanes = lanes
        self.retries = retries
        self.first_gap = first_gap
        self.now = now
        self.count = count

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read RETRY_TIMES and RETRY_FIRST_GAP."""
        return cls(
            lanes_of(crawler),
            retries=crawler.settings.getint("RETRY_TIMES"),
            first_gap=crawler.settings.getfloat("RETRY_FIRST_GAP", 2.0),
            count=lambda key: crawler.stats.inc_value(key),
        )

    def process_request(self, request: Request) -> None:
        """Drop the request at once when its host is held off for longer than the run can wait."""
        self.lanes.check_hold(lane_key(request.url))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Note what the host asks for; return the request again where a retry is due."""
        now = self.now()
        asked = parse_retry_after(
            _header(response, "Retry-After"), now=now, server_date=_header(response, "Date")
        )
        if asked is not None and (response.status >= 300 or response.status == 202):
            until = now + asked
            request.meta["firstseen_retry_at"] = until
            self.lanes.hold(lane_key(request.url), until)
            self.count("retry_after/asked")
        if response.status not in RETRY_STATUSES:
            return response
        longest = timedelta(seconds=self.lanes.rules.max_wait)
        if asked is not None and asked > longest:
            return response
        again = self._again(request, f"http {response.status}")
        if again is None and response.status in BUSY_STATUSES:
            self.lanes.pause(lane_key(request.url), BUSY_PAUSE)
        return again or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Return the request again where the connection broke and a retry is due."""
        if isinstance(exception, FetchFailure):
            return None  # a verdict of ours, which another try would not change
        outcome = outcome_of(exception)
        return self._again(request, outcome) if outcome in RETRY_OUTCOMES else None

    def _again(self, request: Request, reason: str) -> Request | None:
        tried = request.meta.get("retry_times", 0) + 1
        if request.meta.get("dont_retry") or tried > request.meta.get(
            "max_retry_times", self.retries
        ):
            return None
        gap = retry_gap(tried, first=self.first_gap)
        self.lanes.pause(lane_key(request.url), gap)
        self.count("retry/count")
        logger.debug("retry url=%s reason=%s tried=%d gap=%.0fs", request.url, reason, tried, gap)
        # The first of its lane again: the host recovers for this page before it is asked others.
        return request.replace(
            dont_filter=True,
            priority=request.priority + 1,
            meta={**request.meta, "retry_times": tried},
        )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
