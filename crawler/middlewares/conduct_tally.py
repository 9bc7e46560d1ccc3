"""Counts what each host gets from us: requests where they leave, restraint where it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self, cast
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.outcomes import outcome_of
from pipelines.lane_hours import PURPOSES, LaneHour, Purpose

_PUSHED_BACK = frozenset({429, 503})
_VALIDATORS = ("If-None-Match", "If-Modified-Since")


@dataclass(slots=True)
class Exchange:
    """One request under way; who sends it notes the answer, if there is one."""

    status: int | None = None
    received_bytes: int = 0

    def answered(self, response: Response) -> None:
        """Note a response with its body as it arrived."""
        self.status, self.received_bytes = response.status, len(response.body)


class ConductTally:
    """The counts of a crawl since they were last taken."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._hours: dict[tuple[str, datetime, Purpose], LaneHour] = {}

    @contextmanager
    def exchange(self, request: Request, *, gap: float | None) -> Iterator[Exchange]:
        """Count one request as it is sent; the block ends with its reply or its failure.

        ``gap`` is the time in seconds since the last reply in its lane, None for the first request.
        """
        sent_at, exchange = self._now(), Exchange()
        try:
            yield exchange
        finally:
            hour = self._hour(request, sent_at)
            hour.requests += 1
            hour.conditional += any(name in request.headers for name in _VALIDATORS)
            hour.not_modified += exchange.status == 304
            hour.pushed_back += exchange.status in _PUSHED_BACK
            hour.received_bytes += exchange.received_bytes
            hour.last_at = max(self._now(), hour.last_at or sent_at)
            if gap is not None:
                known = hour.smallest_gap_seconds
                hour.smallest_gap_seconds = gap if known is None else min(gap, known)
            elif hour.purpose != "rendering":  # which has its page's turn, and no gap of its own
                hour.unmeasured_at = hour.unmeasured_at or sent_at

    def not_sent(self, request: Request, outcome: str) -> None:
        """Count a request that was not sent for the site's sake; other outcomes do not count."""
        if outcome == "robots":
            self._hour(request, self._now()).robots_disallowed += 1
        elif outcome == "robots-unreachable":
            self._hour(request, self._now()).robots_unreachable += 1
        elif outcome == "held-off":
            self._hour(request, self._now()).held_off += 1

    def take(self) -> list[LaneHour]:
        """Return the counts and begin anew."""
        taken, self._hours = list(self._hours.values()), {}
        return taken

    def _hour(self, request: Request, at: datetime) -> LaneHour:
        said = request.meta.get("firstseen_purpose")
        purpose = cast(Purpose, said if said in PURPOSES else "other")
        lane, hour_at = lane_key(request.url), at.replace(minute=0, second=0, microsecond=0)
        key = (lane, hour_at, purpose)
        if key not in self._hours:
            self._hours[key] = LaneHour(lane, hour_at, purpose)
        return self._hours[key]


_TALLIES: WeakKeyDictionary[Crawler, ConductTally] = WeakKeyDictionary()


def tally_of(crawler: Crawler) -> ConductTally:
    """Return the tally that all components of a crawl share."""
    if crawler not in _TALLIES:
        _TALLIES[crawler] = ConductTally()
    return _TALLIES[crawler]


class RestraintMiddleware:
    """Sees why requests were not sent, whichever middleware held them back."""

    def __init__(self, tally: ConductTally) -> None:
        self._tally = tally

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Use the crawl's tally."""
        return cls(tally_of(crawler))

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count it and leave it to the errback."""
        self._tally.not_sent(request, outcome_of(exception))
