from datetime import UTC, datetime, timedelta

import pytest

from crawler.spiders.page_retries import next_try

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "tries", "gap"),
    [
        ("video", 1, None),  # stays what it is
        ("robots", 1, timedelta(days=1)),
        ("http-503", 1, timedelta(0)),  # with the next look
        ("timeout", 2, timedelta(minutes=20)),
        ("empty", 1, timedelta(minutes=5)),
        ("http-404", 3, timedelta(minutes=80)),
        ("timeout", 6, None),  # enough
    ],
)
def test_a_page_is_asked_again_by_its_kind_of_failure(
    outcome: str, tries: int, gap: timedelta | None
) -> None:
    found = next_try(outcome, tries=tries, now=NOW)

    assert found == (None if gap is None else NOW + gap)


def test_the_host_s_own_wish_counts_when_it_is_later() -> None:
    asked = NOW + timedelta(hours=2)

    assert next_try("http-503", tries=1, now=NOW, asked=asked) == asked
    assert next_try("held-off", tries=3, now=NOW, asked=asked) == asked
