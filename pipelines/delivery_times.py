"""When a message may leave: digests at set times, quiet hours in the reader's own time zone."""

from __future__ import annotations

from collections.abc import Mapping
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

    def until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet that holds ``now`` ends, aware UTC; None outside.

        By moments, not by the clock's hands: in the night in which the clocks go back, a quiet that
        ended at 02:30 does not begin again with the second two o'clock.
        """
        if self.begin == self.end:
            return None
        today = now.astimezone(zone).date()
        begins = (
            datetime.combine(today - timedelta(days=day), self.begin, zone).astimezone(UTC)
            for day in (0, 1)
        )
        begun_at = next((moment for moment in begins if moment <= now), None)
        ends_at = begun_at and next_time(begun_at, (self.end,), zone)
        return ends_at if ends_at is not None and now < ends_at else None


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
    return (quiet.until(now, zone) if quiet is not None else None) or now


def quiet_record(quiet: QuietHours | None, zone: ZoneInfo, leaves: datetime) -> dict[str, str]:
    """Return quiet hours as an outbox row keeps them, so that every later try keeps them too.

    ``leaves`` is when the row is to leave: a digest within the quiet hours was asked for, and that
    one night's quiet is not for it.
    """
    if quiet is None:
        return {}
    record = {"from": f"{quiet.begin:%H:%M}", "to": f"{quiet.end:%H:%M}", "zone": zone.key}
    if (asked_within := quiet.until(leaves, zone)) is not None:
        record["not_before"] = asked_within.isoformat()
    return record


def quiet_until(record: Mapping[str, str] | None, now: datetime) -> datetime | None:
    """Return when the quiet that holds a row back ``now`` ends; None when it may leave."""
    if not record:
        return None
    begin, end = time.fromisoformat(record["from"]), time.fromisoformat(record["to"])
    until = QuietHours(begin, end).until(now, ZoneInfo(record["zone"]))
    first = datetime.fromisoformat(record["not_before"]) if "not_before" in record else None
    return None if until is None or (first is not None and until <= first) else until
