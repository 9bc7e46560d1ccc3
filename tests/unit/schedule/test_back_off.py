"""How long a failed section is left alone, and how our own network's outage is told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.schedule.back_off import LONGEST_WAIT, aged, longest_wait, retry_at
from crawler.schedule.own_outage import SOURCES_IN_A_ROW, OwnOutage
from pipelines.looks import SectionLook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("outcome", "down_for", "expected"),
    [
        ("timeout", timedelta(minutes=30), HOUR),
        ("http-5xx", 6 * HOUR, HOUR),
        ("robots-unreachable", 6 * HOUR, HOUR),
        ("dns", 48 * HOUR, 6 * HOUR),
        ("refused", timedelta(days=90), LONGEST_WAIT),
        ("timeout", None, LONGEST_WAIT),  # it never answered: perhaps nobody lives there
        ("http-4xx", 6 * HOUR, LONGEST_WAIT),
        ("robots", 6 * HOUR, LONGEST_WAIT),
    ],
)
def test_what_passes_by_itself_is_asked_again_in_proportion_to_how_long_it_lasted(
    outcome: str, down_for: timedelta | None, expected: timedelta
) -> None:
    assert longest_wait(outcome, down_for) == expected


def test_the_wait_grows_with_each_failure_up_to_the_longest() -> None:
    weight, waits = 0.0, []
    for _ in range(8):
        weight = aged(weight, "timeout")
        longest = longest_wait("timeout", 2 * HOUR)
        waits.append(retry_at(NOON, weight, usual=NOON, key="a/b", longest=longest) - NOON)

    assert waits == sorted(waits)
    assert timedelta(minutes=10) < waits[0] < waits[2] < waits[-1] <= 1.2 * HOUR


@pytest.mark.parametrize("outcome", ["proxy-failed", "no-browser", "failed", "stopped"])
def test_faults_of_ours_do_not_age_a_section(outcome: str) -> None:
    assert aged(1.5, outcome) == 1.5


def look(source: str, outcome: str, minute: float) -> SectionLook:
    at = NOON + timedelta(minutes=minute)
    return SectionLook(source, "news", at, at, outcome)


def unreached(count: int, outcome: str = "dns") -> list[SectionLook]:
    return [look(f"paper-{n}", outcome, n) for n in range(count)]


@pytest.mark.parametrize(
    ("looks", "over"),
    [
        ([*unreached(SOURCES_IN_A_ROW), look("paper-9", "ok", 60)], True),
        ([*unreached(SOURCES_IN_A_ROW), look("paper-9", "http-4xx", 60)], True),  # an answer, too
        ([*unreached(SOURCES_IN_A_ROW), look("paper-9", "stopped", 60)], False),
        ([*unreached(SOURCES_IN_A_ROW), look("paper-9", "held-off", 60)], False),  # nothing asked
        ([*unreached(SOURCES_IN_A_ROW), look("paper-9", "no-browser", 60)], False),
        ([*unreached(SOURCES_IN_A_ROW, "proxy-failed"), look("paper-9", "ok", 60)], True),
        (unreached(SOURCES_IN_A_ROW), False),  # not yet
        ([*unreached(SOURCES_IN_A_ROW - 1), look("paper-9", "ok", 60)], False),
        ([look("paper-1", "dns", n) for n in range(9)] + [look("paper-9", "ok", 60)], False),
        ([*unreached(9, "http-5xx"), look("paper-9", "ok", 60)], False),  # the sites' own trouble
    ],
)
def test_our_own_network_was_down_when_no_publisher_could_be_reached(
    looks: list[SectionLook], over: bool
) -> None:
    assert OwnOutage().saw(looks) == (NOON if over else None)


def test_an_outage_may_stretch_over_many_batches_and_is_told_once() -> None:
    outage = OwnOutage()
    told = [outage.saw([each]) for each in unreached(9)]

    assert told == [None] * 9
    assert outage.saw([look("paper-1", "ok", 60)]) == NOON
    assert outage.saw([look("paper-2", "ok", 61)]) is None
