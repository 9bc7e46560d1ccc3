"""Spans of time in words for people: how long, and between which two moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def told_span(span: timedelta | float | None) -> str:
    """Return a length of time in one unit, or two below a day: "40 s", "9 min", "2 h 5 min"."""
    if span is None:
        return "unknown"
    seconds = round(span.total_seconds() if isinstance(span, timedelta) else span)
    if seconds < 0:
        return f"−{told_span(float(-seconds))}"
    if seconds < 2 * _MINUTE:
        return f"{seconds} s"
    minutes = seconds // _MINUTE
    if seconds < 2 * _HOUR:
        return f"{minutes} min"
    if seconds < 2 * _DAY:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 12 else f"{hours} h"
    return f"{seconds // _DAY} days"


def told_ends(since: datetime, until: datetime, *, with_seconds: bool = False) -> tuple[str, str]:
    """Return the two ends of an interval in UTC: "23 Nov 11:45", "12:00".

    The day is said once where it is the same; the year only where it is not.
    """
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    has_years = since.year != until.year
    begin = _moment(since, with_seconds=with_seconds, with_year=has_years)
    if since.date() == until.date():
        return begin, _clock(until, with_seconds=with_seconds)
    return begin, _moment(until, with_seconds=with_seconds, with_year=has_years)


def told_interval(
    not_seen_at: datetime | None, first_seen_at: datetime, *, with_seconds: bool = False
) -> str:
    """Return "between 23 Nov 11:45 and 12:00 UTC", or "by ..." where nobody had looked before."""
    if not_seen_at is None:
        at = first_seen_at.astimezone(UTC)
        return f"by {_moment(at, with_seconds=with_seconds, with_year=False)} UTC"
    since, until = told_ends(not_seen_at, first_seen_at, with_seconds=with_seconds)
    return f"between {since} and {until} UTC"


def told_range(not_seen_at: datetime | None, first_seen_at: datetime) -> str:
    """Return the same in few signs: "23 Nov 11:45–12:00", "14 Nov 12:30 – 23 Nov 12:00"."""
    if not_seen_at is None:
        return told_interval(None, first_seen_at).removesuffix(" UTC")
    since, until = told_ends(not_seen_at, first_seen_at)
    return f"{since}–{until}" if " " not in until else f"{since} – {until}"


def told_at(at: datetime, *, with_seconds: bool = False) -> str:
    """Return day and time of day in UTC: "23 Nov 11:45"."""
    return _moment(at.astimezone(UTC), with_seconds=with_seconds, with_year=False)


def _moment(at: datetime, *, with_seconds: bool, with_year: bool) -> str:
    year = f" {at.year}" if with_year else ""
    return f"{at.day} {at:%b}{year} {_clock(at, with_seconds=with_seconds)}"


def _clock(at: datetime, *, with_seconds: bool) -> str:
    return f"{at:%H:%M:%S}" if with_seconds else f"{at:%H:%M}"
