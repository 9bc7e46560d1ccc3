from datetime import UTC, datetime, timedelta

import pytest

from pipelines.interval_words import told_span
from pipelines.web.pages.told import (
    counted,
    language_name,
    told_ago,
    told_bytes,
    told_day,
    told_short,
)

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7500, "2 h 5 min"),
        (13 * 3600, "13 h"),
        (3 * 86400, "3 days"),
        (-600, "−10 min"),
        (None, "unknown"),
    ],
)
def test_spans_are_told_in_the_unit_that_suits_them(seconds: float | None, told: str) -> None:
    assert told_span(seconds) == told


@pytest.mark.parametrize(
    ("minutes", "told"), [(0.5, "now"), (3, "3 min ago"), (-45, "in 45 min"), (600, "10 h ago")]
)
def test_moments_are_told_from_now(minutes: float, told: str) -> None:
    assert told_ago(NOW - timedelta(minutes=minutes), NOW) == told


def test_days_have_names() -> None:
    assert told_day(NOW, NOW) == "Today, Monday 23 November"
    assert told_day(NOW - timedelta(hours=15), NOW) == "Yesterday, Sunday 22 November"
    assert told_day(NOW - timedelta(days=400), NOW) == "Sunday 19 October 2025"
    assert told_short(NOW - timedelta(days=1), NOW) == "22 Nov 14:30"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (counted(1, "copy", "copies"), "1 copy"),
        (counted(2_000, "copy", "copies"), "2,000 copies"),
        (told_bytes(999), "999 B"),
        (told_bytes(1_500), "1.5 kB"),
        (told_bytes(33_100_000), "33 MB"),
        (language_name("en-GB"), "English"),
        (language_name("tlh"), "tlh"),
    ],
)
def test_counts_sizes_and_languages_are_told(told: str, expected: str) -> None:
    assert told == expected
