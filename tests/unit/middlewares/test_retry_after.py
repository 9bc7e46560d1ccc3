"""Retry-After values, growing gaps, and what is retried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import Response

from crawler.middlewares.crawl_delay import HostHeldOff, LaneRules, Lanes
from crawler.middlewares.host_state import MemoryHostState
from crawler.middlewares.outcomes import FetchFailure
from crawler.middlewares.retry_after import (
    RETRY_AFTER_CAP,
    RetryAfterMiddleware,
    parse_retry_after,
    retry_gap,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def http_date(at: datetime) -> str:
    return at.strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        (http_date(NOON + timedelta(seconds=90)), 90),
        (http_date(NOON - timedelta(seconds=90)), None),
        ("0", None),
        ("-1", None),
        ("1e9", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٣", None),  # a digit, but not one of HTTP's
        ("99999999999999999999", RETRY_AFTER_CAP.total_seconds()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_CAP.total_seconds()),
        ("Fri, 99 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: float | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert parse_retry_after(value, now=NOON) == expected


def test_a_date_is_read_against_the_clock_of_the_server_that_wrote_it() -> None:
    wrong = NOON - timedelta(days=3650)
    value = http_date(wrong + timedelta(seconds=60))
    assert parse_retry_after(value, now=NOON, server_date=http_date(wrong)) == timedelta(minutes=1)
    assert parse_retry_after(value, now=NOON, server_date="yesterday") is None


def test_gaps_between_tries_grow() -> None:
    assert [retry_gap(tried, first=2) for tried in (1, 2, 3)] == [2, 8, 32]


def middleware(store: MemoryHostState | None = None) -> RetryAfterMiddleware:
    lanes = Lanes(LaneRules(), store or MemoryHostState(), now=lambda: NOON, clock=lambda: 0.0)
    return RetryAfterMiddleware(lanes, now=lambda: NOON)


def response(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response("https://news.example.org/a", status=status, headers=named)


@pytest.mark.parametrize(
    ("status", "is_retried"),
    [(200, False), (301, False), (403, False), (404, False), (429, True), (500, True), (503, True)],
)
def test_only_passing_troubles_are_retried(status: int, is_retried: bool) -> None:
    request = Request("https://news.example.org/a")
    again = middleware().process_response(request, response(status))
    assert isinstance(again, Request) == is_retried


@pytest.mark.parametrize(
    ("error", "is_retried"),
    [
        (DownloadFailedError("reset"), True),
        (DownloadTimeoutError("60 s"), False),
        (FetchFailure("a verdict"), False),
        (TypeError("a bug"), False),
    ],
)
def test_only_broken_connections_are_retried(error: Exception, is_retried: bool) -> None:
    again = middleware().process_exception(Request("https://news.example.org/a"), error)
    assert (again is not None) == is_retried


def test_a_request_is_tried_three_times_at_most() -> None:
    request = Request("https://news.example.org/a")
    retry, tries = middleware(), 0
    answer: Request | Response = request
    while isinstance(answer, Request):
        request, tries = answer, tries + 1
        answer = retry.process_response(request, response(500))
    assert tries == 3


def test_a_busy_host_is_left_alone_for_the_run_after_the_last_try() -> None:
    retry = middleware()
    request = Request("https://news.example.org/a", meta={"retry_times": 2})
    retry.process_response(request, response(503))
    with pytest.raises(HostHeldOff):
        retry.process_request(Request("https://news.example.org/other"))
    retry.process_request(Request("https://elsewhere.example.org/"))


def test_a_long_pause_holds_the_whole_host_and_is_remembered() -> None:
    store = MemoryHostState()
    retry = middleware(store)
    request = Request("https://news.example.org/a")
    answer = retry.process_response(request, response(503, Retry_After="3600"))
    assert isinstance(answer, Response)
    assert request.meta["firstseen_retry_at"] == NOON + timedelta(hours=1)
    assert store.held_until("news.example.org") == NOON + timedelta(hours=1)
    with pytest.raises(HostHeldOff) as held:
        retry.process_request(Request("http://news.example.org/feed"))
    assert held.value.until == NOON + timedelta(hours=1)


def test_a_redirect_may_ask_for_a_pause_too() -> None:
    retry = middleware()
    request = Request("https://news.example.org/a")
    retry.process_response(request, response(301, Retry_After="3600"))
    with pytest.raises(HostHeldOff):
        retry.process_request(request)
