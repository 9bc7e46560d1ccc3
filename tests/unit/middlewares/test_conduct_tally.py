"""What a host gets from us is counted where it leaves, and what is held back where it is held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.middlewares.conduct_tally import ConductTally, RestraintMiddleware
from crawler.middlewares.crawl_delay import HostHeldOff
from crawler.middlewares.outcomes import FetchFailure
from crawler.middlewares.robots import RobotsDisallowed, RobotsUnreachable
from pipelines.lane_hours import LaneHour

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://valleypost.example/politics.rss"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tally(clock: Clock) -> ConductTally:
    return ConductTally(clock)


def ask(tally: ConductTally, *, gap: float | None = 1.0, status: int = 200, **meta: str) -> None:
    request = Request(URL, meta=meta or {"firstseen_purpose": "listing"})
    with tally.exchange(request, gap=gap) as exchange:
        exchange.answered(Response(URL, status=status, body=b"x" * 10))


def only(tally: ConductTally) -> LaneHour:
    (hour,) = tally.take()
    return hour


def test_requests_of_one_hour_and_purpose_are_counted_together(
    tally: ConductTally, clock: Clock
) -> None:
    ask(tally, gap=None)
    clock.now += timedelta(minutes=5)
    ask(tally, gap=299.0, status=304)
    ask(tally, gap=1.2, status=429)

    hour = only(tally)

    assert (hour.lane, hour.hour_at, hour.purpose) == ("valleypost.example", NOON, "listing")
    assert (hour.requests, hour.not_modified, hour.pushed_back) == (3, 1, 1)
    assert (hour.received_bytes, hour.smallest_gap_seconds) == (30, 1.2)
    assert (hour.unmeasured_at, hour.last_at) == (NOON, clock.now)


def test_hours_and_purposes_are_kept_apart(tally: ConductTally, clock: Clock) -> None:
    ask(tally)
    ask(tally, firstseen_purpose="article")
    ask(tally, firstseen_purpose="anything-new")
    clock.now += timedelta(hours=1)
    ask(tally)

    found = {(hour.hour_at.hour, hour.purpose) for hour in tally.take()}

    assert found == {(12, "listing"), (12, "article"), (12, "other"), (13, "listing")}


def test_a_request_that_fails_still_counts(tally: ConductTally) -> None:
    with (
        pytest.raises(ConnectionError),
        tally.exchange(Request(URL, headers={"If-None-Match": '"a"'}), gap=2.0),
    ):
        raise ConnectionError

    hour = only(tally)

    assert (hour.requests, hour.conditional, hour.received_bytes) == (1, 1, 0)


def test_what_a_browser_fetches_for_a_page_has_no_gap_of_its_own(tally: ConductTally) -> None:
    ask(tally, gap=None, firstseen_purpose="rendering")

    hour = only(tally)

    assert (hour.requests, hour.smallest_gap_seconds, hour.unmeasured_at) == (1, None, None)


@pytest.mark.parametrize(
    ("failure", "column"),
    [
        (RobotsDisallowed("no"), "robots_disallowed"),
        (RobotsUnreachable("500"), "robots_unreachable"),
        (HostHeldOff("valleypost.example", NOON), "held_off"),
        (FetchFailure("a fault of ours"), None),
    ],
)
def test_requests_held_back_for_the_sites_sake_are_counted_but_not_as_sent(
    failure: FetchFailure, column: str | None, tally: ConductTally
) -> None:
    RestraintMiddleware(tally).process_exception(Request(URL), failure)

    hours = tally.take()

    assert [getattr(hour, column or "") for hour in hours] == ([1] if column else [])
    assert not any(hour.requests for hour in hours)


def test_taking_the_counts_begins_anew(tally: ConductTally) -> None:
    ask(tally)

    assert tally.take()
    assert tally.take() == []
