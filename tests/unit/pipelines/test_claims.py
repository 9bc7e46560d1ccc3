"""A claimed date against what whole looks saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.claims import Claim, doubt_of
from tests.examples import NOON, at

DAY = timedelta(days=1)
Clock = Callable[[datetime], datetime]


def seen(minute: float, claimed: datetime | None, **more: object) -> Claim:
    """An article that appeared in the quarter of an hour before that minute."""
    values = {"is_day": False, "not_seen_at": at(minute - 15), "section_id": 1}
    return Claim(at=claimed, seen_at=at(minute), **(values | more))  # type: ignore[arg-type]


def history(claim: Clock, *, articles: int, section_id: int = 1, first: int = 8) -> list[Claim]:
    """A first look and so many articles that appeared after it, the newest first."""
    was_there = [
        seen(-1, claim(at(-60 * n)), not_seen_at=None, section_id=section_id) for n in range(first)
    ]
    came = [seen(n, claim(at(n - 5)), section_id=section_id) for n in range(articles)]
    return [*reversed(came), *was_there]


def right(moment: datetime) -> datetime:
    return moment


def last_year(moment: datetime) -> datetime:
    return moment.replace(year=moment.year - 1)


def day_and_month_swapped(moment: datetime) -> datetime:
    return moment.replace(month=1, day=11)


def fixed(moment: datetime) -> datetime:
    return datetime(2019, 5, 14, tzinfo=UTC)


def deployed(moment: datetime) -> datetime:
    return NOON - 3 * DAY


def slow_clock(moment: datetime) -> datetime:
    return moment - 4 * DAY


@pytest.mark.parametrize("in_feed", [True, False])
@pytest.mark.parametrize(
    ("claim", "known"),
    [
        (lambda moment: datetime(1970, 1, 1, tzinfo=UTC), 0),
        (lambda moment: datetime(1, 1, 1, tzinfo=UTC), 0),
        (lambda moment: datetime(1994, 12, 31, tzinfo=UTC), 0),
        (last_year, 0),
        (lambda moment: moment.replace(year=2002), 0),
        (day_and_month_swapped, 0),
        (fixed, 0),
        (fixed, 30),
        (deployed, 0),  # the first look had eight of the same
        (slow_clock, 8),  # wrong each of the times that we could tell
    ],
)
def test_what_no_article_can_claim_counts_as_nothing(
    claim: Clock, known: int, in_feed: bool
) -> None:
    new = seen(100, claim(at(100)))

    assert doubt_of(new, history(claim, articles=known), in_feed=in_feed)


@pytest.mark.parametrize("in_feed", [True, False])
@pytest.mark.parametrize(
    ("claimed", "others"),
    [
        (NOON - 3 * DAY, history(right, articles=0)),  # an archive piece put on top
        (NOON - 3 * DAY, history(right, articles=9)),
        (NOON - 3 * DAY, []),
        (NOON - 20 * DAY, history(slow_clock, articles=2)),  # too few to judge by
        (NOON, history(right, articles=9)),
        (None, history(right, articles=9)),
        (NOON + 90 * DAY, history(right, articles=9)),  # wrong, and no reason for silence
    ],
)
def test_a_date_that_can_be_is_believed(
    claimed: datetime | None, others: list[Claim], in_feed: bool
) -> None:
    assert doubt_of(seen(100, claimed), others, in_feed=in_feed) is None


def test_an_old_thing_on_a_page_whose_dates_are_right_is_old() -> None:
    old = seen(100, NOON - 900 * DAY)

    assert doubt_of(old, history(right, articles=9), in_feed=False) is None
    assert doubt_of(old, history(right, articles=0), in_feed=False) is None
    assert doubt_of(old, history(last_year, articles=9), in_feed=False)
    # In a feed what is new stands on top: whoever stands there is new.
    assert doubt_of(old, history(right, articles=9), in_feed=True)


def test_one_template_of_a_source_does_not_silence_its_section() -> None:
    others = [*history(right, articles=20, section_id=1), *history(fixed, articles=3, section_id=2)]

    assert doubt_of(seen(100, fixed(NOON), section_id=2), others, in_feed=False)
    assert doubt_of(seen(100, NOON - 900 * DAY, section_id=1), others, in_feed=False) is None


def test_old_articles_that_a_relaunch_gave_one_date_are_old_beside_right_dates() -> None:
    moved_at = NOON - 700 * DAY
    archive = [seen(n + 0.5, moved_at) for n in range(4)]

    others = [*archive, *history(right, articles=9)]

    assert doubt_of(seen(100, moved_at), others, in_feed=False) is None


def test_without_a_whole_look_before_an_old_date_is_believed_unless_it_is_everybodys() -> None:
    unproven = seen(100, NOON - 400 * DAY, not_seen_at=None)

    assert doubt_of(unproven, history(last_year, articles=0), in_feed=True) is None
    assert doubt_of(
        seen(100, fixed(NOON), not_seen_at=None), history(fixed, articles=0), in_feed=True
    )
