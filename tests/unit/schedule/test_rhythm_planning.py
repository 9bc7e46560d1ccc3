"""How looks are placed: floors, ceilings, wishes, busy hours, full hours, the budget."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from crawler.schedule.rhythm import (
    LONGEST,
    LONGEST_HINT,
    LONGEST_PAUSE,
    SHORTEST,
    RhythmState,
    VisitHints,
    caught_up_at,
    next_visit_at,
    observe,
    theta_for_budget,
    weight_of,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def taught(
    *, days: int = 28, minutes: tuple[int, ...] = (7,), hours: tuple[int, ...] = tuple(range(24))
) -> RhythmState:
    """A section that publishes at the same moments every day, looked at every hour."""
    state = observe(RhythmState(), visited_at=MONDAY)
    for hour in range(days * 24):
        at = MONDAY + hour * HOUR
        fresh = [at + timedelta(minutes=m, seconds=9) for m in minutes if at.hour in hours]
        state = observe(state, visited_at=at + HOUR, published_at=fresh)
    return state


def steady(per_day: float) -> RhythmState:
    return RhythmState(articles=per_day * 100, exposure=100 * 86400.0)


def looks(state: RhythmState, theta: float, start: datetime, until: datetime) -> list[datetime]:
    times = [start]
    while times[-1] < until:
        times.append(next_visit_at(state, times[-1], theta))
    return times[1:]


@pytest.mark.parametrize("per_day", [24, 96, 400])
def test_a_constant_rate_gives_the_square_root_rule(per_day: float) -> None:
    rate = per_day / 86400
    theta = 2 * 3600 * rate * 3600 / 2  # an interval of sqrt(2) hours
    wait = next_visit_at(steady(per_day), MONDAY, theta) - MONDAY
    assert wait.total_seconds() == pytest.approx(math.sqrt(2) * 3600, rel=0.15)


@pytest.mark.parametrize(
    ("state", "theta", "hints", "expected"),
    [
        (steady(100_000), 1.0, VisitHints(), SHORTEST),
        (steady(100), 0.0, VisitHints(), SHORTEST),
        (steady(0.01), 1e12, VisitHints(), LONGEST),
        (steady(100_000), 1.0, VisitHints(update_interval=HOUR), HOUR),
        (steady(0.01), 1e12, VisitHints(update_interval=HOUR), LONGEST),
        (steady(0.01), 1e12, VisitHints(update_interval=16 * HOUR), 16 * HOUR),
        (steady(100), 1.0, VisitHints(update_interval=timedelta(days=365)), LONGEST_HINT),
        (steady(100), 1.0, VisitHints(not_before=MONDAY + 30 * HOUR), 30 * HOUR),
        (steady(100), 1.0, VisitHints(not_before=MONDAY + timedelta(days=99)), LONGEST_PAUSE),
        (steady(100), 1.0, VisitHints(not_before=MONDAY - HOUR), SHORTEST),
    ],
)
def test_the_wait_keeps_its_bounds_and_the_publishers_wishes(
    state: RhythmState, theta: float, hints: VisitHints, expected: timedelta
) -> None:
    wait = next_visit_at(state, MONDAY, theta, hints) - MONDAY
    assert abs(wait - expected) <= timedelta(minutes=6)
    assert wait >= min(expected, LONGEST)


def test_a_window_is_read_before_it_can_overflow() -> None:
    busy = steady(2400)  # a hundred an hour
    unbounded = next_visit_at(busy, MONDAY, 1e9) - MONDAY
    bounded = next_visit_at(busy, MONDAY, 1e9, VisitHints(window_items=50)) - MONDAY
    assert bounded <= timedelta(minutes=20) < unbounded


def test_looks_gather_in_the_busy_hours() -> None:
    state = taught(hours=(8, 9, 10, 11), minutes=(5, 20, 35, 50))
    day = MONDAY + timedelta(days=28)
    times = looks(state, 5000.0, day, day + timedelta(days=1))
    busy = [at for at in times if 8 <= at.hour < 13]
    assert len(busy) > len(times) / 2


def test_a_newsroom_on_the_full_hour_is_visited_just_after_it() -> None:
    state = taught(minutes=(0,))
    start = MONDAY + timedelta(days=28, hours=1, minutes=20)
    times = looks(state, 3000.0, start, start + timedelta(hours=12))
    assert len(times) >= 6
    assert {at.minute for at in times} <= {1, 2}


def test_a_listing_that_shows_its_articles_late_is_visited_later() -> None:
    state = RhythmState()
    for hour in range(24 * 14):  # claimed at :00, listed only when we come at :12
        at = MONDAY + hour * HOUR
        state = observe(state, visited_at=at + timedelta(minutes=8))
        state = observe(state, visited_at=at + timedelta(minutes=12), published_at=[at])
    assert 400 < state.lag < 721
    start = MONDAY + timedelta(days=14, minutes=20)
    assert next_visit_at(state, start, 3000.0).minute in range(7, 15)


def test_watches_draw_looks_to_a_section() -> None:
    plain = next_visit_at(steady(24), MONDAY, 20_000.0) - MONDAY
    hints = VisitHints(weight=weight_of(8))
    assert next_visit_at(steady(24), MONDAY, 20_000.0, hints) - MONDAY < plain / 2


@pytest.mark.parametrize("per_section", [4, 24, 96])
def test_the_budget_is_spent_over_all_sections(per_section: int) -> None:
    states = [steady(per_day) for per_day in (0.5, 4, 20, 80, 300)]
    theta = theta_for_budget([(state, VisitHints()) for state in states], per_section * len(states))
    week = MONDAY + timedelta(days=7)
    spent = sum(len(looks(state, theta, MONDAY, week)) for state in states) / 7
    assert spent == pytest.approx(per_section * len(states), rel=0.2)


def test_a_budget_that_cannot_be_met_still_gives_a_plan() -> None:
    sections = [(steady(10), VisitHints())] * 3
    assert theta_for_budget([], 100) > 0
    starved = theta_for_budget(sections, 0.1)
    assert next_visit_at(steady(10), MONDAY, starved) - MONDAY <= LONGEST
    rich = theta_for_budget(sections, 1e9)
    assert next_visit_at(steady(10), MONDAY, rich) - MONDAY == SHORTEST


def test_the_same_question_has_the_same_answer() -> None:
    state = taught(days=7)
    assert next_visit_at(state, MONDAY, 9e3) == next_visit_at(state, MONDAY, 9e3)


def test_catching_up_after_a_pause_is_spread() -> None:
    keys = [f"source-{number}/politics" for number in range(600)]
    due = MONDAY - 8 * HOUR
    times = [caught_up_at(key, due_at=due, now=MONDAY) for key in keys]
    per_minute = [int((at - MONDAY).total_seconds() // 60) for at in times]
    assert max(per_minute) == 14
    assert max(per_minute.count(minute) for minute in range(15)) < 70  # 40 on average
    assert times == [caught_up_at(key, due_at=due, now=MONDAY) for key in keys]


def test_a_section_that_is_hardly_late_is_not_held_back() -> None:
    assert caught_up_at("a/b", due_at=MONDAY - timedelta(minutes=2), now=MONDAY) == MONDAY


@pytest.mark.parametrize(("watches", "expected"), [(0, 1.0), (1, 2.0), (8, 9.0), (500, 9.0)])
def test_a_section_weighs_as_many_watches_as_it_answers_within_bounds(
    watches: int, expected: float
) -> None:
    assert weight_of(watches) == expected
