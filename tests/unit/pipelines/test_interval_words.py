"""Spans of time are told with their days, wherever people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.alert_views import first_told
from pipelines.interval_words import told_interval, told_range
from pipelines.who_first import Sighting, who_was_first

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASES = [
    (timedelta(minutes=15), "between 23 Nov 11:45 and 12:00 UTC", "23 Nov 11:45–12:00"),
    (timedelta(hours=12), "between 23 Nov 00:00 and 12:00 UTC", "23 Nov 00:00–12:00"),
    (
        timedelta(hours=12, minutes=1),
        "between 22 Nov 23:59 and 23 Nov 12:00 UTC",
        "22 Nov 23:59 – 23 Nov 12:00",
    ),
    (
        timedelta(days=9, minutes=-30),
        "between 14 Nov 12:30 and 23 Nov 12:00 UTC",
        "14 Nov 12:30 – 23 Nov 12:00",
    ),
    (
        timedelta(days=365),
        "between 23 Nov 2025 12:00 and 23 Nov 2026 12:00 UTC",
        "23 Nov 2025 12:00 – 23 Nov 2026 12:00",
    ),
]


@pytest.mark.parametrize(("doubt", "told", "short"), CASES)
def test_an_interval_says_its_days(doubt: timedelta, told: str, short: str) -> None:
    assert told_interval(NOON - doubt, NOON) == told
    assert told_range(NOON - doubt, NOON) == short
    oslo = ZoneInfo("Europe/Oslo")
    assert told_interval((NOON - doubt).astimezone(oslo), NOON.astimezone(oslo)) == told


def test_where_nobody_had_looked_there_is_no_beginning() -> None:
    assert told_interval(None, NOON, with_seconds=True) == "by 23 Nov 12:00:00 UTC"
    assert told_range(None, NOON) == "by 23 Nov 12:00"


def seen(source: str, days: float) -> Sighting:
    return Sighting(
        source=source,
        family=source,
        article_id=len(source),
        headline="",
        url="",
        first_seen_at=NOON,
        not_seen_at=NOON - timedelta(days=days),
    )


def test_who_had_it_first_is_told_with_days() -> None:
    assert first_told(who_was_first([seen("post", 9.5)])) == (
        "only post so far, between 14 Nov 00:00 and 23 Nov 12:00 UTC"
    )
    told = first_told(who_was_first([seen("post", 9.5), seen("courier", 3)]))
    assert told == "first: undecidable within 9 days between post, courier"
