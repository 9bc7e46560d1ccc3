from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.web.pages.strips import HORIZON, SHORTEST, scale_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    first_seen_at: datetime
    not_seen_at: datetime | None = None


def seen(minute: float, gap: float | None = 10) -> Seen:
    at = NOON + timedelta(minutes=minute)
    return Seen(at, at - timedelta(minutes=gap) if gap is not None else None)


def test_a_bar_runs_from_the_look_without_to_the_look_with() -> None:
    early, late = seen(0, gap=20), seen(60, gap=10)
    scale = scale_of([early, late])
    bar = scale.bar(early)

    assert bar.start == scale.place(NOON - timedelta(minutes=20))
    assert bar.dot == scale.place(NOON) == pytest.approx(bar.start + bar.width)
    assert bar.dot < scale.bar(late).start


def test_what_nobody_looked_for_before_is_open_to_the_left() -> None:
    assert scale_of([seen(0), seen(5, gap=None)]).bar(seen(5, gap=None)).is_open


def test_latecomers_do_not_squeeze_the_contest() -> None:
    scale = scale_of([seen(0), seen(5), seen(3 * 1440)])

    assert scale.until - scale.since < HORIZON * 1.1
    assert scale.bar(seen(3 * 1440)).is_late


def test_a_look_of_last_week_does_not_either() -> None:
    scale = scale_of([seen(0, gap=7 * 1440), seen(5)])

    assert scale.since >= NOON - HORIZON * 1.1
    assert scale.bar(seen(0, gap=7 * 1440)).start == 0


def test_a_single_quarter_of_an_hour_looks_like_one() -> None:
    scale = scale_of([seen(0, gap=15)])

    assert scale.until - scale.since >= SHORTEST
    assert 40 < scale.bar(seen(0, gap=15)).width < 60


@pytest.mark.parametrize("minutes", [3, 20, 45, 100, 350])
def test_ticks_are_few_and_round(minutes: int) -> None:
    ticks = scale_of([seen(0), seen(minutes)]).ticks()

    assert 1 <= len(ticks) <= 8
    assert all(0 < place < 100 for place, _ in ticks)
    assert all(at.second == 0 for _, at in ticks)
