"""Days of the Solar Hijri calendar, as Iranian and Afghan newsrooms date."""

from __future__ import annotations

from datetime import datetime, timedelta


def solar_hijri_day(year: int, month: int, day: int) -> datetime | None:
    """Return the Gregorian day, without zone, or None when there is no such day.

    The year begins at the March equinox, the 20th or 21st.
    """
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    # leap years of the 33-year cycle, exact for 1206-1498
    leap = sum(1 for y in range(1300, year) if y % 33 in (1, 5, 9, 13, 17, 22, 26, 30))
    days = (year - 1300) * 365 + leap + min(month - 1, 6) * 31 + max(month - 7, 0) * 30 + day - 1
    return datetime(1921, 3, 21) + timedelta(days=days)  # noqa: DTZ001 - 1 Farvardin 1300
