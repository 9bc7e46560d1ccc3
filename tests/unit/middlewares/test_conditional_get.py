"""Validators: what is sent, what is believed, and when they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.middlewares.conditional_get import (
    ConditionalGetMiddleware,
    UnaskedNotModified,
    conditional_headers,
    read_validators,
    remember_listing,
)
from crawler.middlewares.host_state import MemoryHostState, Validators

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://news.example.org/feed"
STAMP = "Sun, 01 Mar 2026 11:00:00 GMT"
KNOWN = Validators('"v1"', STAMP, "0" * 64, NOON - timedelta(hours=1))


def middleware(store: MemoryHostState) -> ConditionalGetMiddleware:
    return ConditionalGetMiddleware(store, now=lambda: NOON)


def listing(**meta: object) -> Request:
    return Request(FEED, meta={"firstseen_purpose": "listing", **meta})


def answer(
    request: Request, body: bytes = b"<rss/>", status: int = 200, **headers: str
) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(FEED, status=status, body=body, headers=named, request=request)


def test_the_bytes_of_a_page_that_was_not_shown_whole_prove_nothing() -> None:
    store = MemoryHostState()
    conditional = middleware(store)
    request = listing()
    remember_listing(store, conditional.process_response(request, answer(request)))
    again = listing()
    part = answer(again).replace(flags=["rendered", "partial"])
    assert "unchanged" not in conditional.process_response(again, part).flags
    assert "firstseen_validators" not in again.meta


def test_both_validators_are_sent() -> None:
    assert conditional_headers(KNOWN, now=NOON) == {
        "If-None-Match": '"v1"',
        "If-Modified-Since": STAMP,
    }
    assert conditional_headers(None, now=NOON) == {}


@pytest.mark.parametrize(
    ("age_hours", "looks", "is_full"),
    [(25, 500, True), (25, 1, True), (23, 500, False)],
)
def test_now_and_then_a_whole_answer_is_wanted(age_hours: int, looks: int, is_full: bool) -> None:
    known = replace(KNOWN, full_at=NOON - timedelta(hours=age_hours), looks_since_full=looks)
    assert (conditional_headers(known, now=NOON) == {}) == is_full


@pytest.mark.parametrize(
    ("headers", "etag", "modified"),
    [
        ({"ETag": 'W/"a"', "Last_Modified": STAMP}, 'W/"a"', STAMP),
        ({}, None, None),
        ({"Last_Modified": "Thu, 01 Jan 2099 00:00:00 GMT"}, None, None),
        ({"Last_Modified": "yesterday"}, None, None),
        ({"ETag": "x" * 5000}, None, None),
        ({"Last_Modified": STAMP, "Date": "Mon, 01 Jan 1990 00:00:00 GMT"}, None, STAMP),
    ],
)
def test_only_usable_validators_are_read(
    headers: dict[str, str], etag: str | None, modified: str | None
) -> None:
    found = read_validators(answer(listing(), **headers), now=NOON)
    assert (found.etag, found.last_modified) == (etag, modified)
    assert found.full_at == NOON


def test_articles_are_not_asked_for_conditionally() -> None:
    store = MemoryHostState()
    store.keep_validators(FEED, KNOWN)
    request = Request(FEED, meta={"firstseen_purpose": "article"})
    middleware(store).process_request(request)
    assert "If-None-Match" not in request.headers


def test_the_spider_can_ask_for_a_full_look() -> None:
    store = MemoryHostState()
    store.keep_validators(FEED, KNOWN)
    request = listing(firstseen_full_look=True)
    middleware(store).process_request(request)
    assert "If-None-Match" not in request.headers
    assert request.meta["handle_httpstatus_list"] == [304]


def test_not_modified_reaches_the_callback_flagged_and_is_counted() -> None:
    store = MemoryHostState()
    store.keep_validators(FEED, KNOWN)
    request = listing()
    conditional = middleware(store)
    conditional.process_request(request)
    response = conditional.process_response(request, answer(request, b"", 304))
    assert response.flags == ["unchanged"]
    remember_listing(store, response)
    assert store.validators(FEED) == replace(KNOWN, looks_since_full=1)


def test_not_modified_without_a_question_is_refused() -> None:
    request = listing()
    conditional = middleware(MemoryHostState())
    conditional.process_request(request)
    with pytest.raises(UnaskedNotModified):
        conditional.process_response(request, answer(request, b"", 304))


def test_validators_are_kept_only_when_the_spider_says_so() -> None:
    store = MemoryHostState()
    request = listing()
    response = middleware(store).process_response(request, answer(request, ETag='"v2"'))
    assert store.validators(FEED) is None
    remember_listing(store, response)
    kept = store.validators(FEED)
    assert kept is not None
    assert kept.etag == '"v2"'


def test_the_same_bytes_under_a_new_etag_are_unchanged() -> None:
    store = MemoryHostState()
    conditional = middleware(store)
    for etag, flags in (('"v1"', []), ('"v2"', ["unchanged"])):
        request = listing()
        response = conditional.process_response(request, answer(request, ETag=etag))
        remember_listing(store, response)
        assert response.flags == flags


def test_an_error_page_leaves_the_validators_alone() -> None:
    store = MemoryHostState()
    store.keep_validators(FEED, KNOWN)
    request = listing()
    response = middleware(store).process_response(request, answer(request, b"oops", 500))
    remember_listing(store, response)
    assert store.validators(FEED) == KNOWN


def test_known_bytes_are_read_where_the_spider_never_read_them() -> None:
    store = MemoryHostState()
    guard = middleware(store)
    first = listing()
    remember_listing(store, guard.process_response(first, answer(first)))

    whole = listing(firstseen_full_look=True)
    asked = listing(firstseen_full_look=True, firstseen_read_anyway=True)

    assert "unchanged" in guard.process_response(whole, answer(whole)).flags
    assert "unchanged" not in guard.process_response(asked, answer(asked)).flags
