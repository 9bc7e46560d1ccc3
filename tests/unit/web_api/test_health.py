"""Health is judged beside the requests, and remembered for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from crawler.commands.web_health import GOOD_FOR, Judgements
from pipelines.web.desk import SectionState
from tests.e2e.running import wait_until
from tests.examples import NOON

WELL = SectionState("valley-post", "politics", "ok")
LATE = SectionState("harbour-courier", "politics", "late", ("due for 40 min",))
NO_SESSION: Any = None


def states(health: Judgements, now: datetime, *slugs: str) -> list[SectionState]:
    return health(NO_SESSION, now, slugs)


def counting(found: list[SectionState]) -> tuple[list[datetime], Callable[[datetime], Any]]:
    asked: list[datetime] = []

    def read(now: datetime) -> list[SectionState]:
        asked.append(now)
        return list(found)

    return asked, read


def test_the_first_reader_waits_and_the_next_ones_need_not() -> None:
    asked, read = counting([WELL, LATE])
    health = Judgements(read, patience=10)

    assert states(health, NOON) == [WELL, LATE]
    assert states(health, NOON + GOOD_FOR / 2, "harbour-courier") == [LATE]
    assert asked == [NOON]


def test_the_last_judgement_stands_while_another_is_made() -> None:
    going_on = threading.Event()

    def read(now: datetime) -> list[SectionState]:
        if now > NOON:
            going_on.wait(10)
            return [LATE]
        return [WELL]

    health = Judgements(read, patience=10)
    later = NOON + GOOD_FOR + timedelta(seconds=1)

    assert states(health, NOON) == [WELL]
    assert states(health, later) == [WELL]
    going_on.set()
    wait_until(lambda: states(health, later) == [LATE])


def test_nobody_waits_long_for_the_first() -> None:
    going_on = threading.Event()

    def read(now: datetime) -> list[SectionState]:
        going_on.wait(10)
        return [WELL]

    health = Judgements(read, patience=0.01)

    assert states(health, NOON) == []
    going_on.set()
    wait_until(lambda: states(health, NOON) == [WELL])


def test_a_failure_leaves_what_was_known_and_is_tried_again() -> None:
    asked: list[datetime] = []

    def read(now: datetime) -> list[SectionState]:
        asked.append(now)
        if len(asked) == 2:
            raise OSError("the disk is away")
        return [WELL]

    health = Judgements(read, patience=10)
    later = NOON + 2 * GOOD_FOR

    assert states(health, NOON) == [WELL]
    assert states(health, later) == [WELL]
    wait_until(lambda: (health.refresh(later), len(asked) >= 3)[1])
