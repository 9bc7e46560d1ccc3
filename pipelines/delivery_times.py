"""When a message may leave: digests at set times, quiet hours in the reader's own time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No message leaves between two times of day; one that begins at 22:00 may end at 07:00.

    What the sources in ``except_sources`` bring is let through.
    """

    begin: time
    end: time
    except_sources: tuple[str, ...] = ()

    def holds(self, at: time) -> bool:
        """Whether a time of day lies within."""
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def next_time(now: datetime, times: tuple[time, ...], zone: ZoneInfo) -> datetime:
    """Return the next of these local times of day after ``now``, aware UTC.

    A time that the clocks skip in spring comes as much later as they skip (PEP 495).
    """
    today = now.astimezone(zone).date()
    moments = (
        datetime.combine(today + timedelta(days=day), at, zone).astimezone(UTC)
        for day in (0, 1, 2)
        for at in times
    )
    return min(moment for moment in moments if moment > now)


def leaves_at(
    now: datetime, digest_at: tuple[time, ...], quiet: QuietHours | None, zone: ZoneInfo
) -> datetime:
    """Return when something raised ``now`` may leave: at once, with a digest, or after the quiet.

    A digest at a time within the quiet hours was asked for, and leaves.
    """
    if digest_at:
        return next_time(now, digest_at, zone)
    if quiet is not None and quiet.holds(now.astimezone(zone).time()):
        return next_time(now, (quiet.end,), zone)
    return now
