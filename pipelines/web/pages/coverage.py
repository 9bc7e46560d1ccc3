"""Coverage: sources by hours, so that silence can be read."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from pipelines.storage.coverage import SectionCoverage, coverage
from pipelines.storage.source_hours import count_sources, sources_after
from pipelines.web.desk import Desk
from pipelines.web.pages.coverage_rows import CoverageRow, coverage_row, grid_times
from pipelines.web.pages.rendering import render
from pipelines.web.reading import reading

PER_PAGE = 24
#: Name, hours shown, hours in one cell.
SPANS = {"24h": (24, 1), "48h": (48, 1), "7d": (168, 4)}
_USUAL = "24h"


def coverage_routes(desk: Desk) -> APIRouter:
    """Return the route of the grid."""
    router = APIRouter()

    @router.get("/coverage", response_class=HTMLResponse)
    def grid(request: Request, span: str = _USUAL, after: str = "") -> HTMLResponse:
        hours, step = SPANS.get(span, SPANS[_USUAL])
        now = desk.clock()
        with reading(desk) as session:
            sources = sources_after(session, after, limit=PER_PAGE + 1)
            shown = sources[:PER_PAGE]
            rows = _rows(session, shown, now=now, hours=hours, step=step)
            return render(
                request,
                desk,
                session,
                "coverage.html",
                page="coverage",
                rows=rows,
                times=[cell.at for cell in rows[0].cells] if rows else [],
                span=span if span in SPANS else _USUAL,
                spans=SPANS,
                step=step,
                more=shown[-1][0] if len(sources) > PER_PAGE else None,
                after=after,
                total=count_sources(session),
            )

    return router


def _rows(
    session: Session, sources: list[tuple[str, str]], *, now: datetime, hours: int, step: int
) -> list[CoverageRow]:
    """Return one row for each source that has a section."""
    if not sources:
        return []
    since, until, cells = grid_times(now, hours=hours, step=step)
    by_source: dict[str, list[SectionCoverage]] = {}
    for section in coverage(
        session, sources=[slug for slug, _ in sources], since=since, until=until
    ):
        by_source.setdefault(section.source, []).append(section)
    return [
        coverage_row(name, slug, by_source[slug], cells=cells, now=now)
        for slug, name in sources
        if slug in by_source
    ]
