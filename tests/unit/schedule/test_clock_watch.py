from datetime import UTC, datetime, timedelta

import pytest

from crawler.schedule.clock_watch import ClockWatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "elapsed", "jump"),
    [
        (timedelta(seconds=10), 10.0, None),
        (timedelta(seconds=12), 10.0, None),  # NTP at work
        (timedelta(days=365, seconds=10), 10.0, timedelta(days=365)),
        (timedelta(days=-1, seconds=10), 10.0, timedelta(days=-1)),
        (timedelta(hours=8), 10.0, timedelta(hours=8, seconds=-10)),  # slept
    ],
)
def test_a_clock_that_was_set_is_noticed(
    wall: timedelta, elapsed: float, jump: timedelta | None
) -> None:
    walls, ticks = [NOON, NOON + wall, NOON + wall, NOON + wall, NOON + wall], iter(range(5))
    monotonic = iter([0.0, elapsed, elapsed, elapsed, elapsed])
    watch = ClockWatch(lambda: walls[next(ticks)], lambda: next(monotonic))

    assert watch.jump() == jump
    assert watch.jump() is None
