"""Sources by hours: seen, quiet, gap or blocked, so that silence can be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.coverage import (
    CoverageState,
    Look,
    SectionCoverage,
    find_gaps,
    usual_distance,
    widest_usual,
)
from pipelines.storage.models import Section, Source, Visit

Cell = Literal["seen", "quiet", "gap", "blocked"]
HOUR = timedelta(hours=1)
_CELLS: dict[CoverageState, Cell] = {
    "new": "seen",
    "quiet": "quiet",
    "between": "quiet",
    "failed": "gap",
    "none": "gap",
    "blocked": "blocked",
}
#: Where sections differ: something new is news, and an hour is quiet only if all of them were.
_RANKS: tuple[Cell, ...] = ("seen", "blocked", "gap", "quiet")
_COMPLETED = ("ok", "unchanged")
_LONGEST_LOOK = timedelta(hours=1)  # from its start to its arrival


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
    until = since + HOUR * hours
    rows = session.execute(
        select(Section.id, Section.key, Section.enabled, Source.slug)
        .join(Source)
        .where(Source.slug.in_([slug for slug, _ in sources]))
        .order_by(Section.key)
    ).all()
    looks = _looks(session, [row.id for row in rows], since, until)
    found: dict[str, list[tuple[str, tuple[Cell, ...]]]] = {slug: [] for slug, _ in sources}
    for row in rows:
        inside = looks.get(row.id, [])
        if not inside and not row.enabled:
            continue
        before = _last_before(session, row.id, since)
        usual = usual_distance(inside)
        gaps = tuple(find_gaps(inside, before=before, usual=usual))
        coverage = SectionCoverage(
            row.slug, row.key, since, until, tuple(inside), gaps, usual, before
        )
        found[row.slug].append((row.key, _cells(coverage, hours, now)))
    return [
        SourceCells(
            slug, name, _together([cells for _, cells in found[slug]], hours), tuple(found[slug])
        )
        for slug, name in sources
    ]


def _looks(
    session: Session, section_ids: Collection[int], since: datetime, until: datetime
) -> dict[int, list[Look]]:
    query = (
        select(
            Visit.section_id,
            *(Visit.arrived_at, Visit.outcome, Visit.new_links, Visit.window_overflow),
        )
        .where(
            Visit.section_id.in_(section_ids),
            Visit.started_at >= since - _LONGEST_LOOK,  # what the index is entered by
            Visit.started_at < until,
            Visit.arrived_at >= since,
            Visit.arrived_at < until,
        )
        .order_by(Visit.arrived_at)
    )
    found: dict[int, list[Look]] = {}
    for section_id, at, outcome, new_links, overflow in session.execute(query):
        found.setdefault(section_id, []).append(Look(at, outcome, new_links, overflow))
    return found


def _last_before(session: Session, section_id: int, since: datetime) -> datetime | None:
    query = (
        select(Visit.arrived_at)
        .where(
            Visit.section_id == section_id,
            Visit.started_at < since,
            Visit.arrived_at < since,
            Visit.outcome.in_(_COMPLETED),
        )
        .order_by(Visit.started_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def _cells(coverage: SectionCoverage, hours: int, now: datetime) -> tuple[Cell, ...]:
    cells: list[Cell] = [_CELLS[state] for state in coverage.strip(hours)]
    completed = [look.at for look in coverage.looks if look.completed]
    last = completed[-1] if completed else coverage.before
    if last is None or now - last > widest_usual(coverage.usual):
        return tuple(cells)
    # The next look is not late yet: the hours since the last one are no gap so far.
    failed = {look.at.replace(minute=0, second=0, microsecond=0) for look in coverage.looks}
    for number, cell in enumerate(cells):
        begun = coverage.since + HOUR * number
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
