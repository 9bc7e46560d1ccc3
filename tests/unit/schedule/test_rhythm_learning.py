"""What a section's looks teach: rates, hours, first windows, undated fronts, leaping clocks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule.learnt_rate import RhythmState, habits, observe
from crawler.schedule.rhythm import LONGEST, SHORTEST, next_visit_at

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def per_day(state: RhythmState) -> float:
    return state.rate * 86400


@pytest.mark.parametrize(
    ("every", "low", "high"),
    [(timedelta(minutes=20), 25, 75), (timedelta(hours=6), 3.5, 5), (timedelta(days=3), 0.2, 1)],
)
def test_a_first_window_tells_how_busy_a_section_is(
    every: timedelta, low: float, high: float
) -> None:
    window = [MONDAY - every * number for number in range(30)]
    state = observe(RhythmState(), visited_at=MONDAY, published_at=window)
    assert low < per_day(state) < high


def test_a_first_window_tells_the_hours_too() -> None:
    window = [MONDAY - DAY * day + timedelta(hours=hour) for day in range(1, 8) for hour in (9, 10)]
    known = habits(observe(RhythmState(), visited_at=MONDAY, published_at=window))
    assert min(known.by_hour[9], known.by_hour[10]) > 3 * known.by_hour[20]


def test_a_first_look_at_an_undated_front_teaches_nothing_yet() -> None:
    state = observe(RhythmState(), visited_at=MONDAY, undated=80)
    assert per_day(state) == pytest.approx(8)
    assert state.watched_until == MONDAY.timestamp()


def test_an_undated_front_learns_from_when_its_links_were_first_listed() -> None:
    state = observe(RhythmState(), visited_at=MONDAY, undated=80)
    for step in range(28 * 12):
        at = MONDAY + 2 * HOUR * (step + 1)
        state = observe(state, visited_at=at, undated=3 if 8 < at.hour <= 16 else 0)
    known = habits(state)
    assert per_day(state) == pytest.approx(12, rel=0.1)
    assert known.by_hour[12] > 5 * known.by_hour[2]
    assert sum(state.minute_articles) == 0  # a first listing says nothing about the minute


def test_hours_watched_less_are_not_taken_for_quiet_ones() -> None:
    state = observe(RhythmState(), visited_at=MONDAY + 12 * HOUR)
    for quarter in range(1, 25):  # six hours of one article every quarter of an hour
        at = MONDAY + 12 * HOUR + quarter * timedelta(minutes=15)
        state = observe(state, visited_at=at, published_at=[at - timedelta(minutes=7)])
    known = habits(state)
    assert known.by_hour[3] == 1.0  # never watched: neither busy nor quiet
    assert max(known.by_hour) < 4


def test_a_weekend_without_news_is_learnt_as_a_weekend() -> None:
    state = observe(RhythmState(), visited_at=MONDAY)
    for hour in range(24 * 28):
        at = MONDAY + hour * HOUR
        fresh = [at + timedelta(minutes=30)] if at.weekday() < 5 else []
        state = observe(state, visited_at=at + HOUR, published_at=fresh)
    by_weekday = habits(state).by_weekday
    assert max(by_weekday[5:]) < 0.5 < 1.2 < min(by_weekday[:5])


def minutes_of(seen: dict[int, float]) -> tuple[float, ...]:
    counts = tuple(seen.get(minute, 0.0) for minute in range(60))
    return habits(replace(RhythmState(), minute_articles=counts)).by_minute


@pytest.mark.parametrize(
    ("seen", "minute", "low", "high"),
    [
        ({}, 0, 1.0, 1.0),
        ({7: 1.0}, 7, 0.99, 1.01),  # one article has no habits
        ({7: 2.0}, 7, 1.0, 8.0),  # two may have met by accident
        ({m: 5.0 + m % 3 for m in range(60)}, 2, 1.0, 1.01),  # as even as chance allows
        ({0: 300.0, 30: 300.0}, 0, 28.0, 30.0),  # on the full and half hour
        ({0: 300.0, 30: 300.0}, 15, 0.0001, 0.05),
    ],
)
def test_minutes_are_believed_as_far_as_they_are_no_accident(
    seen: dict[int, float], minute: int, low: float, high: float
) -> None:
    found = minutes_of(seen)
    assert low <= found[minute] <= high
    assert min(found) > 0
    assert sum(found) == pytest.approx(60)


def test_old_habits_fade_within_months() -> None:
    state = observe(RhythmState(), visited_at=MONDAY)
    for hour in range(24 * 120):
        at = MONDAY + hour * HOUR
        state = observe(
            state, visited_at=at + HOUR, published_at=[at] * (2 if hour < 24 * 30 else 0)
        )
    assert per_day(state) < 5


def test_an_overflowing_window_counts_only_the_time_it_shows() -> None:
    start = observe(RhythmState(), visited_at=MONDAY)
    window = [MONDAY + DAY - timedelta(minutes=minute) for minute in range(60)]
    honest = observe(start, visited_at=MONDAY + DAY, published_at=window, overflow=True)
    naive = observe(start, visited_at=MONDAY + DAY, published_at=window)
    assert per_day(honest) > 1.8 * per_day(naive)


def test_after_weeks_of_our_own_absence_the_window_is_read_anew() -> None:
    state = observe(RhythmState(), visited_at=MONDAY)
    for hour in range(24 * 14):
        at = MONDAY + hour * HOUR
        state = observe(state, visited_at=at + HOUR, published_at=[at + HOUR / 2])
    back = MONDAY + timedelta(days=60)
    window = [back - HOUR * number for number in range(30)]
    assert per_day(observe(state, visited_at=back, published_at=window)) == pytest.approx(
        24, rel=0.2
    )


@pytest.mark.parametrize("leap", [timedelta(days=365), -DAY, HOUR, -HOUR, -timedelta(days=20_000)])
def test_a_leaping_clock_brings_neither_storm_nor_silence(leap: timedelta) -> None:
    state = observe(RhythmState(), visited_at=MONDAY)
    for hour in range(24 * 14):
        at = MONDAY + hour * HOUR
        state = observe(state, visited_at=at + HOUR, published_at=[at + HOUR / 2])
    after = MONDAY + 14 * DAY + leap
    state = observe(state, visited_at=after)
    waits = []
    for _ in range(30):
        then = next_visit_at(state, after, 40_000.0)
        waits.append(then - after)
        after = then
        state = observe(state, visited_at=after, published_at=[after - timedelta(minutes=9)])
    assert min(waits) >= SHORTEST
    assert max(waits) <= LONGEST / 2


def test_claims_from_the_future_or_long_ago_count_as_undated() -> None:
    state = observe(RhythmState(), visited_at=MONDAY)
    claims = [MONDAY + 9 * DAY, MONDAY - 9 * DAY]
    state = observe(state, visited_at=MONDAY + HOUR, published_at=claims)
    assert per_day(state) == pytest.approx((8 + 2) / 25 * 24, rel=1e-3)
    assert sum(state.minute_articles) == 0
    assert state.lag == 0


def test_a_state_survives_json() -> None:
    state = observe(RhythmState(), visited_at=MONDAY, published_at=[MONDAY - HOUR, MONDAY - DAY])
    stored = json.loads(json.dumps(state.to_json()))
    again = RhythmState.from_json(stored)
    assert again.to_json() == stored
    assert per_day(again) == pytest.approx(per_day(state), rel=1e-3)
    assert len(json.dumps(stored)) < 2000


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {},
        {"articles": 3},
        RhythmState().to_json() | {"more": 1},
        RhythmState().to_json() | {"hour_articles": [1.0]},
        RhythmState().to_json() | {"exposure": 0},
        RhythmState().to_json() | {"articles": "many"},
        RhythmState().to_json() | {"minute_articles": ["x"] * 60},
    ],
)
def test_a_foreign_state_starts_anew(stored: dict[str, Any] | None) -> None:
    assert RhythmState.from_json(stored) == RhythmState()


@given(
    st.lists(
        st.tuples(
            st.floats(-3e7, 3e7),  # how far the clock moves, back as well
            st.lists(st.floats(-4e7, 1e6), max_size=6),  # claims relative to the look
            st.integers(0, 5),
            st.booleans(),
        ),
        max_size=12,
    ),
    st.floats(0, 1e9),
)
def test_whatever_was_seen_the_next_look_keeps_its_bounds(
    visits: list[tuple[float, list[float], int, bool]], theta: float
) -> None:
    now, state = MONDAY, RhythmState()
    for moved, claims, undated, overflow in visits:
        now = max(now + timedelta(seconds=moved), datetime(1971, 1, 1, tzinfo=UTC))
        published = [now + timedelta(seconds=claim) for claim in claims]
        state = observe(
            state, visited_at=now, published_at=published, undated=undated, overflow=overflow
        )
        wait = next_visit_at(state, now, theta) - now
        assert SHORTEST - timedelta(seconds=1) < wait <= LONGEST + timedelta(seconds=1)
    assert RhythmState.from_json(state.to_json()).to_json() == state.to_json()
