"""Edits of all articles, the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import defer

from pipelines.storage.models import Article, Revision, Source
from pipelines.web.api.answers import answer_page
from pipelines.web.api.article_models import WordingPage
from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.api.parameters import Cursor, Limit, Sources, Time
from pipelines.web.api.records import revision_record
from pipelines.web.api.refusals import LIST_PROBLEMS
from pipelines.web.desk import Desk
from pipelines.web.reading import reading

ObservedSince = Annotated[Time | None, Query(description="Observed at or after this time.")]
ObservedUntil = Annotated[Time | None, Query(description="Observed before this time.")]
HeadlineOnly = Annotated[bool, Query(description="Only where the headline is another one.")]


def revision_routes(desk: Desk) -> APIRouter:
    """Return the route on all edits."""
    router = APIRouter(tags=["articles"])

    @router.get("/revisions", response_model=WordingPage, responses=LIST_PROBLEMS)
    def revisions(
        request: Request,
        since: ObservedSince = None,
        until: ObservedUntil = None,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
        headline: HeadlineOnly = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Later wordings of articles, the newest first, without their texts."""
        of = ("revisions", since, until, tuple(sources), headline)
        place = read_cursor(cursor, of, (datetime, int))
        conditions: list[ColumnElement[bool]] = [Revision.number > 1]
        if since is not None:
            conditions.append(Revision.observed_at >= since)
        if until is not None:
            conditions.append(Revision.observed_at < until)
        if headline:
            conditions.append(Revision.headline_changed.is_(True))
        if sources:
            conditions.append(Revision.article_id.in_(_articles_of(sources)))
        if place is not None:
            mine = tuple_(Revision.observed_at, Revision.id)
            conditions.append(mine < (cast(datetime, place[0]), cast(int, place[1])))
        query = select(Revision).where(*conditions)
        query = query.order_by(Revision.observed_at.desc(), Revision.id.desc()).limit(limit + 1)
        query = query.options(defer(Revision.article_body), defer(Revision.description))
        with reading(desk) as session:
            rows = session.scalars(query).all()
        last = rows[limit - 1] if len(rows) > limit else None
        following = cursor_text(of, (last.observed_at, last.id)) if last else None
        records = [revision_record(row, whole=False) for row in rows[:limit]]
        return answer_page(request, records, following)

    return router


def _articles_of(sources: list[str]) -> Any:
    return select(Article.id).join(Source).where(Source.slug.in_(sources))
