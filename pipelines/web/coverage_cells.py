"""Sources by hours: seen, quiet, gap or blocked, so that silence can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from pipelines.storage.coverage import (
    CoverageState,
    SectionCoverage,
    coverage,
    widest_usual,
)

Cell = Literal["seen", "quiet", "gap", "blocked"]
HOUR = timedelta(hours=1)
_CELLS: dict[CoverageState, Cell] = {
    "new": "seen",
    "quiet": "quiet",
    "between": "quiet",
    "partial": "gap",
    "failed": "gap",
    "none": "gap",
    "blocked": "blocked",
}
#: Where sections differ: something new is news, and an hour is quiet only if all of them were.
_RANKS: tuple[Cell, ...] = ("seen", "blocked", "gap", "quiet")


@dataclass(frozen=True, slots=True)
class SourceCells:
    """A source's hours, and those of each of its sections by key."""

    slug: str
    name: str
    cells: tuple[Cell, ...]
    sections: tuple[tuple[str, tuple[Cell, ...]], ...]


def coverage_cells(
    session: Session,
    sources: Sequence[tuple[str, str]],
    *,
    since: datetime,
    hours: int,
    now: datetime,
) -> list[SourceCells]:
    """Return the hours from ``since`` on of sources, given as (slug, name).

    Sections that are no longer in use count only where they were looked at.
    """
    slugs = [slug for slug, _ in sources]
    if not slugs:
        return []  # to coverage() no sources means all
    found: dict[str, list[tuple[str, tuple[Cell, ...]]]] = {slug: [] for slug in slugs}
    for section in coverage(session, sources=slugs, since=since, until=since + HOUR * hours):
        if section.looks or section.use == "enabled":
            found[section.source].append((section.section, _cells(section, hours, now)))
    return [
        SourceCells(
            slug, name, _together([cells for _, cells in found[slug]], hours), tuple(found[slug])
        )
        for slug, name in sources
    ]


def _cells(covered: SectionCoverage, hours: int, now: datetime) -> tuple[Cell, ...]:
    cells: list[Cell] = [_CELLS[state] for state in covered.strip(hours)]
    completed = [look.at for look in covered.looks if look.completed]
    last = completed[-1] if completed else covered.before
    if last is None or now - last > widest_usual(covered.usual):
        return tuple(cells)
    # The next look is not late yet: the hours since the last one are no gap so far.
    failed = {look.at.replace(minute=0, second=0, microsecond=0) for look in covered.looks}
    for number, cell in enumerate(cells):
        begun = covered.since + HOUR * number
        if cell == "gap" and last - HOUR < begun <= now and begun not in failed:
            cells[number] = "quiet"
    return tuple(cells)


def _together(sections: Sequence[Sequence[Cell]], hours: int) -> tuple[Cell, ...]:
    if not sections:
        nobody_looked: list[Cell] = ["gap"] * hours
        return tuple(nobody_looked)
    merged: list[Cell] = []
    for number in range(hours):
        places = [_RANKS.index(cells[number]) for cells in sections]
        merged.append(_RANKS[min(places)])
    return tuple(merged)
