"""What one host got from us in one hour: the smallest log that can answer a publisher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Purpose = Literal["listing", "article", "recheck", "robots", "rendering", "other"]
PURPOSES: frozenset[str] = frozenset(get_args(Purpose))
#: Why a request was not sent: robots.txt says no, could not be read, or the host asked for a pause.
Restraint = Literal["robots", "robots-unreachable", "held-off"]


@dataclass(slots=True)
class LaneHour:
    """Counts of one lane (host, or host:port), one UTC hour and one purpose.

    "rendering" is what a page asks for while a browser shows it, within that page's turn.

    ``requests`` were sent; ``conditional`` of them carried validators, ``not_modified`` were
    answered with 304, ``pushed_back`` with 429 or 503. ``smallest_gap_seconds`` is the shortest
    time from a reply to the next request of the lane. ``unmeasured_at`` is when a request was sent
    before which this run knew of no other: the database knows the run before. The last three
    count requests that were not sent.
    """

    lane: str
    hour_at: datetime
    purpose: Purpose
    requests: int = 0
    conditional: int = 0
    not_modified: int = 0
    pushed_back: int = 0
    received_bytes: int = 0
    smallest_gap_seconds: float | None = None
    last_at: datetime | None = None  # when the last reply had arrived
    unmeasured_at: datetime | None = None
    robots_disallowed: int = 0
    robots_unreachable: int = 0
    held_off: int = 0
