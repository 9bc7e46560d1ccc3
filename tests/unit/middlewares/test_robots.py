"""robots.txt: reading, matching our token, caching, and what an unreadable file means."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError
from scrapy.http import Response

from crawler.middlewares.crawl_delay import LaneRules, Lanes
from crawler.middlewares.host_state import MemoryHostState, RobotsCopy
from crawler.middlewares.outcomes import Outcome
from crawler.middlewares.redirects import RedirectLoop
from crawler.middlewares.robots import (
    RobotsDisallowed,
    RobotsMiddleware,
    RobotsUnreachable,
    Rules,
    read_robots,
    robots_text,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = "https://news.example.org/politics/a"


def rules(text: str, token: str = "firstseen") -> Rules:
    return Rules(RobotsCopy(robots_text(text.encode()), 200, NOON), token)


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /politics\n", False),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /politics\nAllow: /politics/a\n", True),
        ("User-agent: FIRSTSEEN\nDisallow: /\n", False),
        ("User-agent: firstseen/1.0 (news)\nDisallow: /\n", False),
        ("User-agent: first\nDisallow: /\n", True),
        ("User-agent: firstseen-images\nDisallow: /\n", True),
        ("User-agent: firstseen2\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\nUser-agent: firstseen\nAllow: /\n", True),
        ("User-agent: a\nUser-agent: firstseen\nDisallow: /\n", False),
        ("User-agent: firstseen # us\nDisallow: / # all\n", False),
        ("User-agent: *\nDisallow: /*/a$\n", False),
        ("user agent: *\rdisallow: /\r", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("<html><pre>User-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\0politics\n", False),
    ],
)
def test_the_groups_for_our_token_decide(text: str, is_allowed: bool) -> None:
    assert rules(text).allows(PAGE) == is_allowed


def test_robots_txt_itself_may_always_be_fetched() -> None:
    assert rules("User-agent: *\nDisallow: /").allows("https://news.example.org/robots.txt")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nDisallow:\n", 0),
        ("User-agent: *\nCrawl-delay: 2.5\n", 2.5),
        ("User-agent: *\nCrawl-delay: 9\nUser-agent: firstseen\nCrawl-delay: 4\n", 4),
        ("User-agent: *\nRequest-rate: 1/10s\n", 10),
        ("User-agent: *\nCrawl-delay: often\n", 0),
        ("User-agent: *\nCrawl-delay: -5\n", 0),
    ],
)
def test_crawl_delay_and_request_rate_become_one_pause(text: str, seconds: float) -> None:
    assert max(rules(text).crawl_delay, 0) == seconds


def test_only_the_first_500_kib_are_read() -> None:
    head = "User-agent: *\nDisallow: /politics\n"
    assert not rules(head + "#" * 600_000).allows(PAGE)
    assert rules("#" * 600_000 + "\n" + head).allows(PAGE)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, 200), (204, 200), (301, 400), (401, 401), (403, 403), (404, 404), (410, 410)],
)
def test_a_missing_file_means_no_rules(status: int, expected: int) -> None:
    answer = Response(PAGE, status=status, body=b"User-agent: *\nDisallow: /")
    copy = read_robots(answer, now=NOON)
    assert copy.status == expected
    assert Rules(copy, "firstseen").allows(PAGE) == (status != 200 and status != 204)


@pytest.mark.parametrize("status", [429, 500, 503, 599])
def test_a_failing_server_means_no(status: int) -> None:
    with pytest.raises(RobotsUnreachable):
        read_robots(Response(PAGE, status=status), now=NOON)


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_are_read_as_some_rules(body: bytes, path: str) -> None:
    copy = RobotsCopy(robots_text(b"User-agent: *\nDisallow: " + body), 200, NOON)
    made = Rules(copy, "firstseen")
    assert made.allows(f"https://news.example.org/{path}") in (True, False)
    assert made.crawl_delay >= 0


class Network:
    """Answers one robots.txt after the other, and counts."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.stats: Counter[str] = Counter()

    async def download(self, request: Request) -> Response:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Response(request.url, body=answer.encode())

    def count(self, key: str) -> None:
        self.stats[key] += 1

    def middleware(self, store: MemoryHostState, now: datetime = NOON) -> RobotsMiddleware:
        return RobotsMiddleware(
            token="firstseen",
            store=store,
            lanes=Lanes(LaneRules(), store),
            download=self.download,
            now=lambda: now,
            count=self.count,
        )


def test_requests_that_arrive_together_share_one_download() -> None:
    network = Network("User-agent: *\nDisallow: /secret")

    async def scene() -> None:
        robots = network.middleware(MemoryHostState())
        await asyncio.gather(*(robots.process_request(Request(PAGE)) for _ in range(5)))

    asyncio.run(scene())
    assert network.asked == ["https://news.example.org/robots.txt"]
    assert network.stats["robots/allowed"] == 5


def test_a_copy_serves_for_a_day_across_runs() -> None:
    network, store = Network("User-agent: *\nDisallow: /secret", ""), MemoryHostState()

    async def run(now: datetime, url: str) -> None:
        await network.middleware(store, now).process_request(Request(url))

    asyncio.run(run(NOON, PAGE))
    with pytest.raises(RobotsDisallowed, match="/secret"):
        asyncio.run(run(NOON + timedelta(hours=23), "https://news.example.org/secret"))
    asyncio.run(run(NOON + timedelta(hours=24), "https://news.example.org/secret"))
    assert len(network.asked) == 2
    assert network.stats["robots/disallowed"] == 1


@pytest.mark.parametrize(
    ("age", "is_allowed"), [(timedelta(days=2), True), (timedelta(days=40), False)]
)
def test_an_old_copy_serves_while_the_file_is_unreachable(age: timedelta, is_allowed: bool) -> None:
    network, store = Network(DownloadTimeoutError("60 s")), MemoryHostState()
    store.keep_robots("https://news.example.org", RobotsCopy("", 200, NOON - age))

    async def run() -> None:
        await network.middleware(store).process_request(Request(PAGE))

    if is_allowed:
        asyncio.run(run())
        assert network.stats["robots/stale"] == 1
    else:
        with pytest.raises(RobotsUnreachable):
            asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (DownloadTimeoutError("60 s"), "robots-unreachable"),
        (CannotResolveHostError("no such name"), "dns"),
    ],
)
def test_an_unreachable_file_forbids_everything_in_this_run_only(
    error: Exception, outcome: Outcome
) -> None:
    network, store = Network(error, ""), MemoryHostState()

    async def run() -> None:
        robots = network.middleware(store)
        for _ in range(2):
            with pytest.raises(RobotsUnreachable) as refusal:
                await robots.process_request(Request(PAGE))
            assert refusal.value.outcome == outcome

    asyncio.run(run())
    assert network.stats["robots/unreachable"] == 2

    async def next_run() -> None:
        await network.middleware(store).process_request(Request(PAGE))

    asyncio.run(next_run())
    assert len(network.asked) == 2


def test_endless_redirects_count_as_no_file() -> None:
    network = Network(RedirectLoop("6 redirects"))

    async def run() -> None:
        await network.middleware(MemoryHostState()).process_request(Request(PAGE))

    asyncio.run(run())
    assert network.stats["robots/allowed"] == 1
