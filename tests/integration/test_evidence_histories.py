"""The product's heart: of random histories with a known truth, nothing that is concluded is false.

What is random, what is held and how to play more of them: docs/evidence-model.md.
"""

from __future__ import annotations

import os

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.model.many import Totals, explained, in_memory, play_many

HISTORIES = int(os.environ.get("FIRSTSEEN_HISTORIES", "120"))
_BATCHES = 2  # so that two workers may share them
_ON_EACH_DATABASE = 6
_READ_WHOLE = 3
_TIGHT_ENOUGH = 0.6


def is_true(totals: Totals, *, whole: bool = False) -> None:
    """Fail with the first false conclusion, its history made as short as it can be."""
    print(totals.told())
    for seed, wrong in totals.wrong.items():
        pytest.fail(f"seed {seed}: {wrong[0]}\n{explained(seed, whole=whole)}")


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_no_history_makes_us_say_what_is_not_true(batch: int) -> None:
    totals = play_many(range(batch, HISTORIES, _BATCHES), in_memory())

    is_true(totals)
    counts = totals.counts
    assert counts["tight"] >= counts["could be tight"] * _TIGHT_ENOUGH
    assert counts["arrival older"]
    assert counts["offered, stored"] > counts["arrival baseline"] / 2


def test_histories_are_true_on_each_database(sessions: sessionmaker[Session]) -> None:
    is_true(play_many(range(10_000, 10_000 + _ON_EACH_DATABASE), sessions))


def test_histories_of_bytes_and_texts_are_true_on_each_database(
    sessions: sessionmaker[Session],
) -> None:
    seeds = range(20_000, 20_000 + _READ_WHOLE)
    is_true(play_many(seeds, sessions, whole=True), whole=True)
