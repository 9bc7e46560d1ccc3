"""Sources with the health of their sections, and their hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pipelines.export.schema_org import iso_time
from pipelines.storage.models import Section, Source
from pipelines.web.api.answers import answer_page
from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.api.desk_models import CoveragePage, SourcePage
from pipelines.web.api.parameters import Cursor, Limit, Sources, Time
from pipelines.web.api.refusals import LIST_PROBLEMS
from pipelines.web.coverage_cells import HOUR, coverage_cells
from pipelines.web.desk import Desk, SectionState
from pipelines.web.reading import reading

_STATES = (
    *("blocked", "failing", "late", "unwatched", "losing", "quiet", "partial", "degraded"),
    *("ok", "retired"),
)
Hours = Annotated[int, Query(ge=1, le=744, description="How many hours, up to a month.")]
Before = Annotated[
    Time | None, Query(description="The end; the hour it is in is the last. Left out: now.")
]


def source_routes(desk: Desk) -> APIRouter:
    """Return the routes on sources."""
    router = APIRouter(tags=["sources"])

    @router.get("/sources", response_model=SourcePage, responses=LIST_PROBLEMS)
    def list_sources(
        request: Request,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Publishers with their sections, and how well these are, by slug."""
        of = ("sources", tuple(sources))
        with reading(desk) as session:
            rows, following = _page(session, of, cursor, limit)
            slugs = [row.slug for row in rows]
            judged = desk.health(session, desk.clock(), slugs) if desk.health and slugs else ()
            states = {(s.source, s.section): s for s in judged if s.section}
            losses = [state for state in judged if not state.section]
            records = [_source_record(row, states, losses) for row in rows]
        return answer_page(request, records, following)

    @router.get("/coverage", response_model=CoveragePage, responses=LIST_PROBLEMS)
    def coverage(
        request: Request,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
        until: Before = None,
        hours: Hours = 24,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """When each source was looked at, hour by hour: seen, quiet, gap, blocked."""
        of = ("coverage", tuple(sources))
        now = desk.clock()
        end = _end_of_hour(min(until or now, now))
        since = end - HOUR * hours
        with reading(desk) as session:
            rows, following = _page(session, of, cursor, limit)
            names = [(row.slug, row.name) for row in rows]
            found = coverage_cells(session, names, since=since, hours=hours, now=now)
        records = [
            {
                "id": one.slug,
                "name": one.name,
                "since": iso_time(since),
                "until": iso_time(end),
                "cells": list(one.cells),
                "sections": [{"id": key, "cells": list(cells)} for key, cells in one.sections],
            }
            for one in found
        ]
        return answer_page(request, records, following)

    return router


def _end_of_hour(at: datetime) -> datetime:
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + HOUR


def _page(
    session: Session, of: tuple[str, tuple[str, ...]], cursor: str | None, limit: int
) -> tuple[Sequence[Source], str | None]:
    place = read_cursor(cursor, of, (str,))
    query = select(Source).options(selectinload(Source.sections)).order_by(Source.slug)
    if of[1]:
        query = query.where(Source.slug.in_(of[1]))
    if place:
        query = query.where(Source.slug > cast(str, place[0]))
    rows = session.scalars(query.limit(limit + 1)).all()
    following = cursor_text(of, (rows[limit - 1].slug,)) if len(rows) > limit else None
    return rows[:limit], following


def _source_record(
    row: Source, states: dict[tuple[str, str], SectionState], losses: Sequence[SectionState]
) -> dict[str, Any]:
    sections = [
        _section_record(one, states.get((row.slug, one.key)))
        for one in sorted(row.sections, key=lambda one: one.key)
    ]
    known = [section["health"]["state"] for section in sections if section["health"]]
    own = [state for state in losses if state.source == row.slug]
    known += [state.state for state in own]
    return {
        "id": row.slug,
        "name": row.name,
        "url": row.home_url,
        "country": row.country,
        "inLanguage": row.language,
        "family": row.family,
        "wikidata": row.wikidata,
        "state": min(known, key=_STATES.index, default=None),
        "reasons": [reason for state in own for reason in state.reasons],
        "sections": sections,
    }


def _section_record(row: Section, state: SectionState | None) -> dict[str, Any]:
    return {
        "id": row.key,
        "kind": row.kind,
        "url": row.url,
        "name": row.name,
        "enabled": row.enabled,
        "lastLookedAt": iso_time(row.last_looked_at),
        "nextVisitAt": iso_time(row.next_visit_at),
        "failures": row.failures,
        "lastOutcome": (state and state.outcome) or None,
        "lastLook": (state and state.last_look) or None,
        "health": {"state": state.state, "reasons": list(state.reasons)} if state else None,
    }
