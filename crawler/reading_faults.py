"""Counts by day what of a source's pages could not be read through a fault of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

#: Day (ISO) -> how many new pages were read, and ``field: Type`` -> on how many it was missed.
FaultDays = dict[str, dict[str, int]]
PAGES = "pages"
_KEPT_DAYS = 35  # as far back as health looks


def count_faults(days: FaultDays, faults: Mapping[str, str], *, on: date) -> None:
    """Count one page and its faults; forget what lies further back than health looks."""
    oldest = (on - timedelta(days=_KEPT_DAYS)).isoformat()
    for day in [day for day in days if day < oldest]:
        del days[day]
    counts = days.setdefault(on.isoformat(), {PAGES: 0})
    counts[PAGES] += 1
    for field, error in faults.items():
        name = f"{field}: {error}"
        counts[name] = counts.get(name, 0) + 1


def fault_totals(days: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return on how many pages each field could not be read, the most frequent first."""
    totals: dict[str, int] = {}
    for counts in days.values():
        for name, count in counts.items():
            if name != PAGES:
                totals[name] = totals.get(name, 0) + count
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
