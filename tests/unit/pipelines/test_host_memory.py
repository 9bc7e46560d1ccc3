"""What a host asked of us, and what a clock that was ahead wrote down of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pipelines.storage.hosts import DatabaseHostState
from pipelines.storage.memory_models import HoldOff
from tests.examples import NOON


@pytest.mark.parametrize(
    ("earlier", "kept"),
    [
        (timedelta(hours=3), timedelta(hours=3)),  # a later wish wins
        (timedelta(minutes=-5), timedelta(hours=1)),
        (timedelta(days=365), timedelta(hours=1)),  # no pause is as long: another clock's
    ],
)
def test_a_pause_of_another_clock_takes_no_later_ones_place(
    earlier: timedelta, kept: timedelta
) -> None:
    class Kept:
        def get(self, model: type, _key: str) -> HoldOff | None:
            found = HoldOff(lane="courier.example", held_until=NOON + earlier)
            return found if model is HoldOff else None

    async def read(work: Any) -> Any:
        return work(Kept())

    state = DatabaseHostState(read, lambda work, words: None)
    asyncio.run(state.recall(origin="", lane="courier.example", url=""))

    state.hold("courier.example", NOON + timedelta(hours=1))

    assert state.held_until("courier.example") == NOON + kept
