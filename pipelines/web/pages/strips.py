"""Interval strips: between which two looks each source had a story, drawn on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: What comes later than this after the first is drawn at the edge: the contest is at the beginning.
HORIZON = timedelta(hours=6)
#: Shorter contests are drawn on this much, so that a quarter of an hour looks like one.
SHORTEST = timedelta(minutes=30)
_LEAST_WIDTH = 0.8  # percent; an interval of seconds is still to be seen
_STEPS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440))
_MOST_TICKS = 6


class Seen(Protocol):
    """What has an interval."""

    @property
    def first_seen_at(self) -> datetime: ...

    @property
    def not_seen_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval in percent of the scale. ``dot`` is where it was seen.

    ``is_open``: nobody had looked before. ``is_late``: beyond the scale's end.
    """

    start: float
    width: float
    dot: float
    is_open: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The stretch of time that a strip shows."""

    since: datetime
    until: datetime

    def place(self, at: datetime) -> float:
        """Return where a time stands, in percent."""
        return round(100 * ((at - self.since) / (self.until - self.since)), 2)

    def bar(self, seen: Seen) -> Bar:
        """Return the interval of one sighting."""
        if seen.first_seen_at > self.until:
            return Bar(97.0, 2.0, 99.0, is_late=True)
        dot = self.place(seen.first_seen_at)
        if seen.not_seen_at is None:
            return Bar(max(0.0, dot - 6), min(6.0, dot), dot, is_open=True)
        start = max(0.0, self.place(seen.not_seen_at))
        return Bar(min(start, dot - _LEAST_WIDTH), max(dot - start, _LEAST_WIDTH), dot)

    def ticks(self) -> list[tuple[float, datetime]]:
        """Return round times with their places."""
        length = self.until - self.since
        step = next((s for s in _STEPS if length / s <= _MOST_TICKS), timedelta(days=1))
        midnight = self.since.replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + step * ((self.since - midnight) // step + 1)
        found = []
        while at < self.until:
            found.append((self.place(at), at))
            at += step
        return found


def scale_of(
    sightings: Sequence[Seen], *, horizon: timedelta = HORIZON, shortest: timedelta = SHORTEST
) -> Scale:
    """Return the scale that shows where sightings began: ``shortest`` to ``horizon`` long."""
    starts = [s.not_seen_at or s.first_seen_at for s in sightings]
    first_seen = min(s.first_seen_at for s in sightings)
    # A look of last week must not squeeze the contest of this hour.
    begin = max(min(starts), first_seen - horizon)
    last = min(max(s.first_seen_at for s in sightings), begin + horizon)
    length = max(last - begin, shortest)
    return Scale(begin - length * 0.03, begin + length * 1.04)
