"""What is odd about a claimed date of publication."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.store import date_flags
from tests.examples import NOON, at, claimed

NOT_SEEN = at(-15)
HOURS = 60.0


@pytest.mark.parametrize(
    ("minutes", "precision", "flags"),
    [
        (0, "second", []),
        (9, "second", []),  # clocks of sites are off by minutes
        (11, "second", ["future"]),
        (-24, "second", []),  # within the tolerance before the look that did not list it
        (-26, "second", ["backdated"]),
        (-49 * HOURS, "minute", ["backdated", "stale"]),
        (-48 * HOURS, "minute", ["backdated"]),
        (12 * HOURS, "day", []),  # a bare day is any moment of it, in any zone
        (37 * HOURS, "day", ["future"]),
        (-12 * HOURS, "day", []),
        (-37 * HOURS, "day", ["backdated"]),
        (-85 * HOURS, "day", ["backdated", "stale"]),
    ],
)
def test_flags_say_where_claim_and_observation_disagree(
    minutes: float, precision: str, flags: list[str]
) -> None:
    claim = claimed(at(minutes), precision=precision)

    assert date_flags(claim, NOON, NOT_SEEN) == flags


def test_without_an_earlier_look_nothing_is_backdated() -> None:
    assert date_flags(claimed(NOON - timedelta(days=400)), NOON, None) == ["stale"]


def test_no_claim_no_flag() -> None:
    assert date_flags(None, NOON, NOT_SEEN) == []


@pytest.mark.parametrize("year", [1, 9999])
def test_absurd_years_are_flagged_not_feared(year: int) -> None:
    assert date_flags(claimed(NOON.replace(year=year)), NOON, NOT_SEEN) != []
