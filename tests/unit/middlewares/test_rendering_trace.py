"""When "all it was made of is unchanged" may stand for showing a page in a browser."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.middlewares.rendering_trace import (
    LOOKS_BETWEEN,
    MOST_PARTS,
    RENDER_EVERY,
    PageTrace,
    Part,
    ask_for_parts,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = "http://paper.example/politics"
DATA = "http://paper.example/api/politics.json"
SCRIPT = "http://cdn.example/app.js"


def answer(url: str, body: bytes = b"old", status: int = 200, **headers: str) -> Response:
    return HtmlResponse(url, status=status, body=body, headers=headers)


def part(url: str, body: bytes = b"old", *, is_data: bool = False, **headers: str) -> Part:
    return Part.of(url, answer(url, body, **headers), headers={"accept": "*/*"}, is_data=is_data)


def trace(*parts: Part, page: bytes = b"shell") -> PageTrace:
    made_of = parts or (part(SCRIPT), part(DATA, is_data=True, ETag='"1"'))
    made = PageTrace.of(part(PAGE, page), made_of, rendered_at=NOON)
    assert made is not None
    return made


def telling() -> PageTrace:
    return trace().after(trace())


@pytest.mark.parametrize(
    ("status", "body", "same"),
    [
        (304, b"", True),
        (200, b"old", True),
        (200, b"new", False),
        (404, b"old", False),
        (503, b"old", False),
    ],
)
def test_an_answer_is_the_same_by_its_status_or_its_bytes(
    status: int, body: bytes, same: bool
) -> None:
    assert part(DATA, ETag='"1"').is_same(answer(DATA, body, status)) is same


def test_not_modified_counts_only_where_we_could_ask_for_it() -> None:
    assert not part(DATA).is_same(answer(DATA, b"", 304))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (trace(), trace(), True),
        (trace(), trace(part(SCRIPT), part(DATA, b"new", is_data=True)), True),
        (trace(), trace(part(SCRIPT), part(f"{DATA}?t=2", is_data=True)), False),
        (trace(), trace(part(DATA, is_data=True)), False),
        (trace(), trace(page=b"another shell"), False),
    ],
)
def test_two_renderings_must_be_alike_before_a_trace_tells_anything(
    first: PageTrace, second: PageTrace, expected: bool
) -> None:
    assert not first.is_telling(NOON)
    assert second.after(first).is_telling(NOON) is expected


@pytest.mark.parametrize(
    ("changed", "after", "expected"),
    [
        ({}, timedelta(hours=5), True),
        ({}, RENDER_EVERY, False),
        ({}, timedelta(hours=-1), False),  # the clock was set back
        ({"looks": LOOKS_BETWEEN}, timedelta(hours=1), False),
    ],
)
def test_a_page_is_rendered_now_and_then_anyway(
    changed: dict[str, int], after: timedelta, expected: bool
) -> None:
    assert replace(telling(), **changed).is_telling(NOON + after) is expected


def test_a_trace_survives_being_stored_and_a_foreign_one_is_forgotten() -> None:
    assert PageTrace.from_json(telling().to_json()) == telling()
    assert PageTrace.from_json({"page": {"url": PAGE}, "parts": []}) is None
    assert PageTrace.from_json(None) is None


@pytest.mark.parametrize(
    "parts",
    [
        [part(f"{DATA}?{number}") for number in range(MOST_PARTS + 1)],
        [part(DATA + "?" + "x" * 2000)],
        [part(DATA, ETag="x" * 2000)],
    ],
)
def test_what_is_too_big_is_not_kept(parts: list[Part]) -> None:
    assert PageTrace.of(part(PAGE), parts, rendered_at=NOON) is None


@pytest.mark.parametrize(
    ("answers", "asked", "unchanged", "at_hand"),
    [
        ({DATA: answer(DATA, b"", 304), SCRIPT: answer(SCRIPT)}, [DATA, SCRIPT], True, [SCRIPT]),
        ({DATA: answer(DATA, b"new")}, [DATA], False, [DATA]),  # data first: it settles it
        ({DATA: answer(DATA, b"", 304), SCRIPT: OSError()}, [DATA, SCRIPT], False, []),
    ],
)
def test_parts_are_asked_for_until_one_has_changed(
    answers: dict[str, Response | Exception],
    asked: list[str],
    unchanged: bool,
    at_hand: list[str],
) -> None:
    sent: list[Request] = []

    async def download(request: Request) -> Response:
        sent.append(request)
        found = answers[request.url]
        if isinstance(found, Exception):
            raise found
        return found

    inquiry = asyncio.run(ask_for_parts(telling(), download, seconds=30))

    assert [request.url for request in sent] == asked
    assert (inquiry.unchanged, list(inquiry.answers)) == (unchanged, at_hand)
    assert sent[0].headers[b"If-None-Match"] == b'"1"'
    assert sent[0].headers[b"Accept"] == b"*/*"


def test_another_service_of_the_pages_host_is_not_asked() -> None:
    other = "http://paper.example/politics".replace("http:", "https:")
    found = trace(part(other), part(DATA)).after(trace(part(other), part(DATA)))
    sent: list[str] = []

    async def download(request: Request) -> Response:
        sent.append(request.url)
        return answer(request.url)

    assert not asyncio.run(ask_for_parts(found, download, seconds=30)).unchanged
    assert other not in sent
