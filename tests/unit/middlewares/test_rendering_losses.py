"""What a rendered page misses, what it does not, and how the operator is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import HtmlResponse, Response

from crawler.middlewares.addresses import BlockedAddress
from crawler.middlewares.rendering_losses import (
    MOST_ROUNDS,
    TIME_OVER,
    Losses,
    Rounds,
    brings_content,
    loss_by_answer,
    loss_by_error,
)
from crawler.middlewares.rendering_requests import MAX_REQUESTS, PageRequests
from crawler.middlewares.robots import RobotsDisallowed

PAGE = "https://paper.org/politics"
DATA = "https://paper.org/api/list.json"
TRACKER = "https://counts.example/t.js"


@pytest.mark.parametrize(
    ("kind", "url", "headers", "expected"),
    [
        ("fetch", DATA, {}, True),
        ("xhr", "https://api.example/list", {"origin": "https://paper.org"}, True),
        ("script", "https://static.example/app.js", {}, True),
        ("fetch", "https://counts.example/hit?n=1", {}, False),  # nobody may read the answer
        ("fetch", DATA, {"accept": "text/event-stream"}, False),
        ("xhr", "https://paper.org/socket.io/?EIO=4&transport=polling&t=x", {}, False),
        ("xhr", "https://paper.org/signalr/connect?x=1", {}, False),
        ("fetch", "https://paper.org/news/signalrock.json", {}, True),
    ],
)
def test_what_can_bring_content(
    kind: str, url: str, headers: dict[str, str], expected: bool
) -> None:
    assert brings_content(kind, url, headers, PAGE) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None),
        (204, None),
        (401, None),  # what readers who are logged in would get
        (404, None),
        (429, "answered HTTP 429"),
        (500, "answered HTTP 500"),
        (503, "answered HTTP 503"),
    ],
)
def test_a_fault_of_the_moment_is_a_loss_and_a_plain_no_is_none(
    status: int, expected: str | None
) -> None:
    assert loss_by_answer(Response(DATA, status=status)) == expected


@pytest.mark.parametrize(
    ("error", "kind", "url", "expected"),
    [
        (RobotsDisallowed("no"), "fetch", DATA, "refused: robots"),
        (RobotsDisallowed("no"), "xhr", "https://api.example/x", "refused: robots"),
        (RobotsDisallowed("no"), "script", "https://static.paper.org/a.js", "refused: robots"),
        (RobotsDisallowed("no"), "script", TRACKER, None),
        (BlockedAddress("inside"), "fetch", DATA, "refused: blocked-address"),
        (BlockedAddress("inside"), "script", TRACKER, None),
        (DownloadTimeoutError("late"), "script", TRACKER, "failed: timeout"),
        (OSError("gone"), "fetch", DATA, "failed: network"),
    ],
)
def test_what_is_barred_or_broken_is_a_loss_but_for_other_sites_scripts(
    error: Exception, kind: str, url: str, expected: str | None
) -> None:
    assert loss_by_error(error, kind=kind, url=url, page_url=PAGE) == expected


def test_the_operator_is_told_what_is_missing_without_queries() -> None:
    losses = Losses(PAGE)
    assert not losses
    for number in range(3):
        losses.note(f"{DATA}?token=secret{number}", TIME_OVER)
    losses.note("https://api.example/b?key=1", "failed: dns")
    losses.note("https://api.example/c", "answered HTTP 503")
    losses.note("https://api.example/c", None)  # asked again, and answered
    assert losses.told(9) == (
        "3 of 9 requests of the page were refused: time was over (/api/list.json, ...); "
        "1 failed: dns (api.example/b)"
    )


def test_one_after_the_other_for_ever_is_told_from_a_long_list_at_once() -> None:
    at_once, in_turn = Rounds(), Rounds()
    for number in range(100):
        at_once.asked(f"{DATA}?page={number}")
    for number in range(MOST_ROUNDS + 1):
        in_turn.asked(f"https://paper.org/{number}.json")
        in_turn.answered(f"https://paper.org/{number}.json")
    at_once.answered(DATA)
    assert at_once.endless([DATA]) is None
    assert in_turn.endless(["https://paper.org/99.json"]) == "paper.org/#.json"
    assert in_turn.endless([]) is None


# ---------------------------------------------------------------- the requests of one page


class FakeFrame:
    parent_frame = None


class FakeRequest:
    def __init__(self, url: str, kind: str, headers: dict[str, str]) -> None:
        self.url, self.resource_type, self.method, self.headers = url, kind, "GET", headers
        self.frame = FakeFrame()

    async def all_headers(self) -> dict[str, str]:
        return self.headers


class FakeRoute:
    async def fulfill(self, **answer: Any) -> None:
        """Take the answer."""

    async def abort(self, why: str = "") -> None:
        """Take the refusal."""


def play(
    *asked: str,
    answers: dict[str, list[Response | Exception | float]],
    ask_seconds: float = 5.0,
    kind: str = "fetch",
) -> tuple[PageRequests, list[str]]:
    """Let a page ask for addresses, one after the other; a number is an answer that hangs."""
    sent: list[str] = []

    async def download(request: Request) -> Response:
        sent.append(request.url)
        found = answers[request.url].pop(0)
        if isinstance(found, float):
            await asyncio.sleep(found)
            return Response(request.url)
        if isinstance(found, Exception):
            raise found
        return found

    async def work() -> PageRequests:
        document = HtmlResponse(PAGE, body=b"<p>shell")
        page = PageRequests(document, download, lambda key: None, ask_seconds, 5.0)
        for url in asked:
            request: Any = FakeRequest(url, kind, {"accept": "*/*"})
            route: Any = FakeRoute()
            task = asyncio.ensure_future(page.handle(route, request))
            await asyncio.wait({task}, timeout=0.05)
        page.end()
        return page

    return asyncio.run(work()), sent


def test_a_page_that_got_everything_is_whole_and_leaves_a_trace() -> None:
    page, _ = play(DATA, DATA, answers={DATA: [Response(DATA, body=b"[]")]})
    assert page.told is None
    assert page.parts is not None
    assert [part.url for part in page.parts] == [DATA]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (OSError(), "1 of 1 requests of the page failed: network (/api/list.json)"),
        (Response(DATA, status=502), "1 of 1 requests of the page answered HTTP 502"),
        (3.0, "1 of 1 requests of the page was still loading at the end (/api/list.json)"),
    ],
)
def test_a_page_that_misses_something_leaves_no_trace(
    answer: Response | Exception | float, told: str
) -> None:
    page, _ = play(DATA, answers={DATA: [answer]})
    assert (page.told or "")[: len(told)] == told
    assert page.parts is None


def test_time_over_is_told_and_nothing_is_sent() -> None:
    page, sent = play(DATA, answers={}, ask_seconds=0.0)
    assert page.told == f"1 of 1 requests of the page was {TIME_OVER} (/api/list.json)"
    assert sent == []


def test_a_page_that_asks_again_after_a_fault_gets_it_and_misses_nothing() -> None:
    good = Response(DATA, body=b"[]")
    page, sent = play(DATA, DATA, DATA, answers={DATA: [OSError(), good]})
    assert (page.told, sent) == (None, [DATA, DATA])
    page, sent = play(*[DATA] * 9, answers={DATA: [OSError() for _ in range(9)]})
    assert page.told is not None
    assert len(sent) == 3  # not for ever


def test_more_requests_than_a_page_may_send_are_told() -> None:
    urls = [f"{DATA}?{number}" for number in range(MAX_REQUESTS + 2)]
    page, sent = play(*urls, answers={url: [Response(url, body=b"1")] for url in urls})
    assert len(sent) == MAX_REQUESTS
    assert (page.told or "").startswith(f"2 of {len(urls)} requests of the page were refused: more")


def test_a_script_of_another_site_that_is_barred_is_not_missed() -> None:
    page, _ = play(TRACKER, answers={TRACKER: [RobotsDisallowed("no")]}, kind="script")
    assert (page.told, page.parts) == (None, ())


def test_what_is_asked_for_after_the_end_is_neither_sent_nor_answered() -> None:
    async def download(request: Request) -> Response:
        raise AssertionError(request.url)

    async def work() -> PageRequests:
        page = PageRequests(HtmlResponse(PAGE, body=b"<p>"), download, lambda key: None, 5.0, 5.0)
        assert page.told == "it was not shown to its end"
        page.end()
        late: Any = FakeRequest(DATA, "fetch", {})
        await page.handle(None, late)  # type: ignore[arg-type]  # no route is needed
        return page

    page = asyncio.run(work())
    assert (page.told, page.parts) == (None, ())
