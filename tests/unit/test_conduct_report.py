"""What a publisher may ask is answered from hourly counts and the kept robots.txt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.conduct_report import ConductReport, conduct_report, lanes_of, robots_decision
from pipelines.host_memory import RobotsCopy
from pipelines.storage.conduct_models import ConductHour

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEK = NOON - timedelta(days=7)
LANE = "valleypost.example"
_COUNTS = (
    "requests",
    "conditional",
    "not_modified",
    "pushed_back",
    "received_bytes",
    "robots_disallowed",
    "robots_unreachable",
    "held_off",
)


def hour(hours_ago: float, purpose: str = "listing", **counts: Any) -> ConductHour:
    values = {**dict.fromkeys(_COUNTS, 0), "smallest_gap_seconds": None, "lane": LANE} | counts
    return ConductHour(hour_at=NOON - timedelta(hours=hours_ago), purpose=purpose, **values)


def report(*hours: ConductHour, **more: Any) -> ConductReport:
    values: dict[str, Any] = {"lanes": [LANE], "since": WEEK, "now": NOON, "shared": {}, "held": {}}
    return conduct_report(hours, **(values | more))


def test_requests_are_told_by_day_and_by_hour_of_the_day() -> None:
    found = report(
        hour(48, requests=6),
        hour(24, requests=10),
        hour(24, "article", requests=2),
        hour(1, requests=4),
    )

    (host,) = found.hosts
    assert (host.counts.requests, host.per_day) == (22, 11.0)
    assert host.busiest_hour == (NOON - timedelta(days=1), 12)
    assert [counts.requests for counts in found.days.values()] == [6, 12, 4]
    assert (found.by_hour[12], found.by_hour[11]) == (9.0, 2.0)


def test_a_first_half_hour_is_not_blown_up_to_a_day() -> None:
    assert report(hour(0.5, requests=4)).hosts[0].per_day == 4.0


def test_the_conditional_share_is_that_of_the_listings() -> None:
    found = report(
        hour(3, requests=10, conditional=8, not_modified=6), hour(3, "article", requests=90)
    )

    counts = found.hosts[0].counts
    assert (counts.conditional_share, counts.not_modified_share) == (0.8, 0.75)


def test_a_host_without_requests_has_no_shares_and_no_pause() -> None:
    counts = report().hosts[0].counts

    assert (counts.requests, counts.conditional_share, counts.smallest_gap_seconds) == (
        0,
        None,
        None,
    )


def test_the_smallest_pause_is_that_of_all_purposes() -> None:
    found = report(
        hour(3, smallest_gap_seconds=4.0, requests=1),
        hour(2, "robots", requests=1),
        hour(1, "article", smallest_gap_seconds=1.5, requests=1),
    )

    assert found.hosts[0].counts.smallest_gap_seconds == 1.5


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("www.valleypost.co.uk", True),
        ("feeds.valleypost.co.uk", True),
        ("courier.co.uk", False),
        ("valleypost.co.uk.attacker.com", False),
        ("feeds.example.com", True),  # named by the source's sections
    ],
)
def test_a_publishers_hosts_are_those_of_its_site(known: str, expected: bool) -> None:
    own = ["feeds.example.com"]

    lanes = lanes_of(own, [known], home_url="https://www.valleypost.co.uk/")

    assert (known in lanes) is expected


def test_robots_decisions_name_the_sections_of_their_origin_only() -> None:
    text = "User-agent: firstseen\nDisallow: /politics/\nCrawl-delay: 5\n"

    found = robots_decision(
        f"https://{LANE}",
        RobotsCopy(text, 200, NOON),
        token="firstseen",
        sections={
            "front": f"https://{LANE}/politics/",
            "feed": f"https://{LANE}/feed",
            "elsewhere": "https://feeds.example/politics",
        },
    )

    assert found.allows == {"front": False, "feed": True}
    assert found.crawl_delay == 5.0
