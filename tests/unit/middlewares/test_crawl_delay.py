"""Lanes: one request at a time per host, gaps, pauses, patience; all on a held clock."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from weakref import ref

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.middlewares.address_guard import gate_of
from crawler.middlewares.crawl_delay import (
    CrawlDelayMiddleware,
    HostHeldOff,
    LaneRules,
    Lanes,
    RunStopped,
    lane_key,
    lanes_of,
)
from crawler.middlewares.host_state import MemoryHostState, host_state_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.stopping = False

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - 100)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    def lanes(self, rules: LaneRules, store: MemoryHostState | None = None) -> Lanes:
        return Lanes(
            rules,
            store or MemoryHostState(),
            now=self.now,
            clock=self,
            sleep=self.sleep,
            is_stopping=lambda: self.stopping,
        )


async def visit(lanes: Lanes, lane: str, clock: Clock, *, lasting: float = 0.0) -> float:
    async with lanes.turn(lane):
        began = clock()
        clock.seconds += lasting
    return began - 100


@pytest.mark.parametrize(
    ("url", "lane"),
    [
        ("https://News.example.org/a", "news.example.org"),
        ("http://news.example.org:80/a", "news.example.org"),
        ("https://news.example.org.:443/a", "news.example.org"),
        ("http://127.0.0.1:8090/a", "127.0.0.1:8090"),
        ("http://[::1]:8090/a", "[::1]:8090"),
        ("http://news.example.org:99999/a", "news.example.org"),
    ],
)
def test_a_lane_is_a_host_and_an_odd_port(url: str, lane: str) -> None:
    assert lane_key(url) == lane


def test_the_gap_begins_when_the_reply_has_come() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(gap=1.0))

    async def three() -> list[float]:
        return [await visit(lanes, "a", clock, lasting=5) for _ in range(3)]

    assert asyncio.run(three()) == [0, 6, 12]


def test_hosts_do_not_wait_for_each_other() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(gap=1.0))

    async def two() -> list[float]:
        return [await visit(lanes, lane, clock) for lane in ("a", "b")]

    assert asyncio.run(two()) == [0, 0]


def test_a_crawl_delay_lengthens_the_gap_up_to_the_cap() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(gap=1.0, cap=8.0))
    assert lanes.set_crawl_delay("a", 5) is False
    assert lanes.set_crawl_delay("b", 500) is True
    assert lanes.set_crawl_delay("c", -3) is False

    async def twice(lane: str) -> float:
        first = await visit(lanes, lane, clock)
        return await visit(lanes, lane, clock) - first

    assert [asyncio.run(twice(lane)) for lane in "abc"] == [5, 8, 1]


def test_a_host_with_a_long_delay_gets_only_a_part_of_a_run() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules())
    lanes.set_crawl_delay("a", 3600)

    async def three() -> None:
        assert [await visit(lanes, "a", clock) for _ in range(2)] == [0, 30]
        with pytest.raises(HostHeldOff) as held:
            await visit(lanes, "a", clock)
        assert held.value.until == NOON + timedelta(seconds=60)

    asyncio.run(three())


def test_robots_txt_does_not_count_against_a_long_delay() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules())

    async def scene() -> list[float]:
        async with lanes.turn("a", is_robots=True):
            pass
        lanes.set_crawl_delay("a", 30)
        return [await visit(lanes, "a", clock) for _ in range(2)]

    assert asyncio.run(scene()) == [10, 40]


def test_a_short_pause_is_sat_out_and_a_long_one_is_not() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(max_wait=30))
    lanes.hold("a", NOON + timedelta(seconds=20))
    lanes.hold("b", NOON + timedelta(seconds=40))
    lanes.pause("c", 4)

    async def scene() -> None:
        assert await visit(lanes, "c", clock) == 4
        assert await visit(lanes, "a", clock) == 20
        clock.seconds = 100
        with pytest.raises(HostHeldOff) as held:
            await visit(lanes, "b", clock)
        assert held.value.until == NOON + timedelta(seconds=40)

    asyncio.run(scene())


def test_a_pause_asked_for_in_an_earlier_run_still_counts() -> None:
    store = MemoryHostState()
    store.hold("a", NOON + timedelta(hours=1))
    store.hold("a", NOON + timedelta(minutes=1))  # the later time wins
    with pytest.raises(HostHeldOff) as held:
        Clock().lanes(LaneRules(), store).check_hold("a")
    assert held.value.until == NOON + timedelta(hours=1)


def test_a_request_in_flight_keeps_the_lane_to_itself() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(gap=0))
    inside: list[int] = []

    async def one() -> None:
        async with lanes.turn("a"):
            inside.append(1)
            assert sum(inside) == 1
            await asyncio.sleep(0)
            inside.append(-1)

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(10)))

    asyncio.run(many())
    assert len(inside) == 20


def test_a_lane_is_free_again_after_a_failure() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(gap=1))

    async def scene() -> float:
        with pytest.raises(OSError, match="broken"):
            async with lanes.turn("a"):
                raise OSError("broken")
        return await visit(lanes, "a", clock)

    assert asyncio.run(scene()) == 1


def test_waiting_requests_are_dropped_when_the_run_ends() -> None:
    clock = Clock()
    lanes = clock.lanes(LaneRules(gap=20))

    async def scene() -> None:
        await visit(lanes, "a", clock)
        waiting = asyncio.ensure_future(visit(lanes, "a", clock))
        await asyncio.sleep(0)
        clock.stopping = True
        with pytest.raises(RunStopped):
            await waiting

    asyncio.run(scene())
    assert clock.seconds < 103


def test_what_a_crawl_shared_is_forgotten_with_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="scrapy")  # its records of a crawler hold the crawler
    crawler = get_crawler()
    lanes, gate, state = ref(lanes_of(crawler)), ref(gate_of(crawler)), ref(host_state_of(crawler))
    assert lanes_of(crawler) is lanes()
    del crawler
    gc.collect()
    assert (lanes(), gate(), state()) == (None, None, None)


def test_a_redirected_request_changes_into_the_lane_of_its_new_host() -> None:
    request = Request("https://b.example.org/", meta={"download_slot": "a.example.org"})
    CrawlDelayMiddleware().process_request(request)
    assert request.meta["download_slot"] == "b.example.org"
