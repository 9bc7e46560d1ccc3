"""A section is called quiet when its own habits make so few articles improbable."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.schedule.learnt_rate import DAY, RhythmState
from crawler.volume import chance_of_at_most, expected_articles, judge_volume

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def known(per_day: float, days: float = 30.0) -> RhythmState:
    """Return a section watched for so many days that publishes evenly."""
    return RhythmState(
        articles=per_day * days,
        exposure=days * DAY,
        watched_until=MONDAY.timestamp(),
        hour_articles=(per_day * days / 24,) * 24,
        hour_exposure=(days * DAY / 24,) * 24,
        weekday_articles=(per_day * days / 7,) * 7,
        weekday_exposure=(days * DAY / 7,) * 7,
    )


def office_hours(per_day: float) -> RhythmState:
    """Return a section that publishes from 8 to 18 h UTC only."""
    articles = tuple(per_day * 3 if 8 <= hour < 18 else 0.0 for hour in range(24))
    return replace(known(per_day), hour_articles=articles)


def test_the_expectation_is_the_learnt_rate_over_the_window() -> None:
    day = expected_articles(known(24), since=MONDAY, until=MONDAY + timedelta(days=1))
    half_hour = expected_articles(known(24), since=MONDAY, until=MONDAY + timedelta(minutes=30))

    assert (day, half_hour) == (pytest.approx(24), pytest.approx(0.5))


def test_nights_promise_little() -> None:
    state = office_hours(30)

    night = expected_articles(state, since=MONDAY, until=MONDAY + timedelta(hours=6))
    morning = expected_articles(
        state, since=MONDAY + timedelta(hours=9), until=MONDAY + timedelta(hours=15)
    )

    assert night < 1 < 15 < morning


@pytest.mark.parametrize(
    ("per_day", "silent_hours", "quiet"),
    [
        (48, 3, False),
        (48, 8, True),
        (8, 24, False),
        (8, 48, True),
        (0.5, 24 * 7, False),
        (0.5, 24 * 60, True),
    ],
)
def test_silence_is_measured_by_what_the_section_is_used_to(
    per_day: float, silent_hours: float, quiet: bool
) -> None:
    volume = judge_volume(
        known(per_day), since=MONDAY - timedelta(hours=silent_hours), until=MONDAY, seen=0
    )

    assert volume.is_improbable is quiet


def test_a_section_that_is_hardly_known_is_not_judged() -> None:
    assert not judge_volume(
        RhythmState(), since=MONDAY - timedelta(days=2), until=MONDAY, seen=0
    ).is_improbable


@pytest.mark.parametrize(("seen", "quiet"), [(2, True), (40, False), (100, False), (1000, False)])
def test_a_fall_short_of_silence_is_noticed_too(seen: int, quiet: bool) -> None:
    volume = judge_volume(known(100), since=MONDAY - timedelta(days=1), until=MONDAY, seen=seen)

    assert volume.is_improbable is quiet


def test_the_chance_is_that_of_a_gamma_poisson_mixture() -> None:
    assert chance_of_at_most(0, 10.0, 20.0) == pytest.approx((1 + 10 / 20) ** -20)
    assert chance_of_at_most(0, 10.0, 1e9) == pytest.approx(math.exp(-10), rel=1e-6)
    assert chance_of_at_most(3, 10.0, 1e9) == pytest.approx(
        math.exp(-10) * (1 + 10 + 50 + 1000 / 6), rel=1e-6
    )


@pytest.mark.parametrize("expected", [0.0, 5.0])
def test_as_many_as_expected_are_never_a_reason_to_worry(expected: float) -> None:
    assert chance_of_at_most(5, expected, 20.0) == 1.0
