"""Source: is it well, when does it publish, what do its articles carry, what did it get from us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipelines.operator_error import UsageError
from pipelines.storage.coverage import coverage
from pipelines.storage.field_days import FIELDS, field_days
from pipelines.storage.source_hours import (
    WeekHours,
    latest_articles,
    new_by_week_hour,
    sections_of,
)
from pipelines.storage.sources import find_source
from pipelines.web.desk import Desk
from pipelines.web.pages.article import FIELD_NAMES
from pipelines.web.pages.coverage_rows import coverage_row, grid_times
from pipelines.web.pages.rendering import render
from pipelines.web.reading import reading

RHYTHM_DAYS = 28  # four of each weekday
FIELD_DAYS = 28
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LEVELS = 5
_MOST_GAPS = 6
_HOURS = 48


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The hours of a week. ``level`` is 0 for nothing, 1 to 5 by share of the busiest hour."""

    counts: WeekHours

    @property
    def most(self) -> int:
        """The count of the busiest hour."""
        return max(max(row) for row in self.counts)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(sum(row) for row in self.counts)

    def level(self, count: int) -> int:
        """Return how dark an hour is drawn."""
        return 0 if not count else max(1, -(-count * _LEVELS // self.most))

    @property
    def busiest(self) -> tuple[str, int]:
        """Weekday and hour at which most comes."""
        best = max((count, -day, -hour) for day, hour, count in self._hours())
        return WEEKDAYS[-best[1]], -best[2]

    def _hours(self) -> Sequence[tuple[int, int, int]]:
        return [
            (day, hour, count)
            for day, row in enumerate(self.counts)
            for hour, count in enumerate(row)
        ]


def source_routes(desk: Desk) -> APIRouter:
    """Return the route of one source."""
    router = APIRouter()

    @router.get("/sources/{slug}", response_class=HTMLResponse)
    def source(request: Request, slug: str) -> HTMLResponse:
        now = desk.clock()
        since, until, cells = grid_times(now, hours=_HOURS, step=1)
        with reading(desk) as session:
            found = find_source(session, slug)
            if found is None:
                raise UsageError(f"there is no source {slug}")
            covered = coverage(session, sources=[slug], since=since, until=until)
            week_hours = new_by_week_hour(
                session, found.id, since=now - timedelta(days=RHYTHM_DAYS), until=now
            )
            rows = [coverage_row(c.section, slug, [c], cells=cells, now=now) for c in covered]
            gaps = [(c.section, gap) for c in covered for gap in c.gaps]
            judged = desk.health(session, now, [slug]) if desk.health else None
            return render(
                request,
                desk,
                session,
                "source.html",
                page="coverage",
                source=found,
                sections=sections_of(session, found.id),
                states=None if judged is None else {s.section: s for s in judged if s.section},
                losses=[s for s in judged or () if not s.section],
                conduct=desk.conduct(session, slug, now) if desk.conduct else None,
                rows=rows,
                times=[cell.at for cell in rows[0].cells] if rows else [],
                step=1,
                gaps=sorted(gaps, key=lambda pair: pair[1].until, reverse=True)[:_MOST_GAPS],
                rhythm=Rhythm(week_hours),
                weekdays=WEEKDAYS,
                rhythm_days=RHYTHM_DAYS,
                fields=[(name, FIELD_NAMES[name]) for name, _ in FIELDS],
                days=field_days(session, found.id, since=now - timedelta(days=FIELD_DAYS)),
                latest=latest_articles(session, found.id, limit=8),
            )

    return router
