"""What hosts got from us is added up in the database, gaps between runs included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.lane_hours import LaneHour
from pipelines.storage.conduct import (
    conduct_hours,
    known_lanes,
    lanes_by_source,
    prune_conduct,
    record_conduct,
)
from tests.examples import NOON, at

Sessions = sessionmaker[Session]
LANE = "valleypost.example"
SEEN = LaneHour(
    LANE,
    NOON,
    "listing",
    requests=4,
    conditional=3,
    not_modified=2,
    received_bytes=3_000_000_000,  # more than 32 bits
    smallest_gap_seconds=2.0,
    last_at=at(5),
)


def record(sessions: Sessions, *hours: LaneHour) -> None:
    with sessions.begin() as session:
        record_conduct(session, hours)


def test_counts_are_added_and_the_smallest_gap_and_the_last_time_stay(sessions: Sessions) -> None:
    record(sessions, SEEN)
    record(sessions, replace(SEEN, smallest_gap_seconds=1.5, last_at=at(3), held_off=1))
    record(sessions, replace(SEEN, requests=0, smallest_gap_seconds=None, last_at=None))

    with sessions() as session:
        (row,) = conduct_hours(session, [LANE], since=NOON)

    assert (row.requests, row.conditional, row.not_modified, row.held_off) == (8, 9, 6, 1)
    assert (row.received_bytes, row.smallest_gap_seconds) == (9_000_000_000, 1.5)
    assert row.last_at == at(5)


@pytest.mark.parametrize(
    ("minute", "gap"),
    [
        (5.01, 0.6),  # the next run came right after: this is the gap to be proud of or not
        (60, 2.0),
        (4.99, 0.0),  # two runs overlapped
        (-60 * 24, 2.0),  # the clock was set back
    ],
)
def test_the_gap_since_an_earlier_run_counts(minute: float, gap: float, sessions: Sessions) -> None:
    record(sessions, SEEN)

    record(sessions, replace(SEEN, unmeasured_at=at(minute)))

    with sessions() as session:
        (row,) = conduct_hours(session, [LANE], since=NOON)
    assert row.smallest_gap_seconds == pytest.approx(gap)


def test_hours_are_found_by_lane_and_time(sessions: Sessions) -> None:
    later = replace(SEEN, hour_at=NOON + timedelta(hours=1), purpose="article")
    record(sessions, SEEN, later, replace(SEEN, lane="courier.example"))

    with sessions() as session:
        found = conduct_hours(session, [LANE], since=NOON + timedelta(minutes=1))
        lanes = known_lanes(session)

    assert [(row.lane, row.purpose) for row in found] == [(LANE, "article")]
    assert sorted(lanes) == ["courier.example", LANE]


def test_old_hours_can_be_forgotten(sessions: Sessions) -> None:
    record(sessions, SEEN, replace(SEEN, hour_at=NOON - timedelta(days=400)))

    with sessions.begin() as session:
        forgotten = prune_conduct(session, before=NOON - timedelta(days=365))

    with sessions() as session:
        assert (forgotten, len(conduct_hours(session, [LANE], since=at(-1e6)))) == (1, 1)


def test_the_lanes_of_a_source_are_those_of_its_sections(sessions: Sessions) -> None:
    with sessions() as session:
        lanes = lanes_by_source(session)

    assert lanes == {"valley-post": {LANE}, "harbour-courier": {"courier.example"}}
