"""Watches, their alerts, and the alerts as feeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.alert_views import alert_record, alert_view
from pipelines.export.alert_feeds import MEDIA_TYPES
from pipelines.export.schema_org import iso_time
from pipelines.storage.alerts import find_alerts
from pipelines.storage.models import Article, Source
from pipelines.storage.watch_models import Alert, Watch
from pipelines.watch_files import WatchDefinition, load_watches
from pipelines.web.api.answers import answer, answer_page
from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.api.desk_models import AlertPage, WatchPage
from pipelines.web.api.parameters import Cursor, Limit, Time
from pipelines.web.api.refusals import LIST_PROBLEMS, ONE_PROBLEMS
from pipelines.web.below_path import own_address
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

_HERE = "/api/v1/watches/"
WatchSlug = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=100,
        description="The watch's slug.",
        examples=["harbour-levy"],
    ),
]
RaisedSince = Annotated[Time | None, Query(description="Raised at or after this time.")]


def watch_routes(desk: Desk) -> APIRouter:
    """Return the routes on watches and alerts."""
    router = APIRouter(tags=["watches"])

    @router.get("/watches", response_model=WatchPage, responses=LIST_PROBLEMS)
    def watches() -> Response:
        """All watches, by slug: those with a file, and those that once raised an alert."""
        with reading(desk) as session:
            return answer({"items": _watch_records(session, _definitions(desk))})

    @router.get("/alerts", response_model=AlertPage, responses=LIST_PROBLEMS)
    def alerts(
        request: Request, since: RaisedSince = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """Alerts of all watches, the newest first."""
        return _alert_page(desk, request, ("alerts", None, since), cursor, limit)

    @router.get(
        "/watches/{slug}/alerts",
        response_model=AlertPage,
        responses={**LIST_PROBLEMS, **ONE_PROBLEMS},
    )
    def alerts_of_watch(
        request: Request,
        slug: WatchSlug,
        since: RaisedSince = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """The alerts of one watch, the newest first."""
        with reading(desk) as session:
            is_known = session.scalar(select(Watch.id).where(Watch.slug == slug)) is not None
        if not is_known and slug not in _definitions(desk):
            raise Problem(404, f"there is no watch {slug!r}")
        return _alert_page(desk, request, ("alerts", slug, since), cursor, limit)

    return router


def _definitions(desk: Desk) -> Mapping[str, WatchDefinition]:
    return load_watches(desk.watches_folder)[0] if desk.watches_folder else {}


def _watch_records(session: Session, files: Mapping[str, WatchDefinition]) -> list[dict[str, Any]]:
    rows = {row.slug: row for row in session.scalars(select(Watch))}
    counted = select(Alert.watch_id, func.count(), func.max(Alert.raised_at))
    counts = {row[0]: row[1:] for row in session.execute(counted.group_by(Alert.watch_id))}
    records = []
    for slug in sorted({*rows, *files}):
        row, file = rows.get(slug), files.get(slug)
        known = file or cast(Watch, row)
        number, last_at = counts.get(row.id, (0, None)) if row else (0, None)
        records.append(
            {
                "id": slug,
                "name": known.name,
                "query": known.query.strip(),
                "paused": file.paused if file else False,
                "inUse": file is not None,
                "channels": list(file.channels) if file else [],
                "alerts": number,
                "lastAlertAt": iso_time(last_at),
                "feeds": {form: own_address(f"{_HERE}{slug}/feed.{form}") for form in MEDIA_TYPES},
            }
        )
    return records


def _alert_page(
    desk: Desk,
    request: Request,
    of: tuple[str, str | None, Any],
    cursor: str | None,
    limit: int,
) -> Response:
    """The numbers of alerts tell their order, but find_alerts pages by nothing: ids come first."""
    _, slug, since = of
    place = read_cursor(cursor, of, (int,))
    query = select(Alert.id).join(Watch, Watch.id == Alert.watch_id)
    query = query.join(Article, Article.id == Alert.article_id).join(Source)
    if slug is not None:
        query = query.where(Watch.slug == slug)
    if since is not None:
        query = query.where(Alert.raised_at >= since)
    if place:
        query = query.where(Alert.id < cast(int, place[0]))
    with reading(desk) as session:
        ids = session.scalars(query.order_by(Alert.id.desc()).limit(limit + 1)).all()
        lines = find_alerts(session, ids=ids[:limit], limit=None) if ids else []
        records = [
            {**alert_record(alert_view(session, line)), "state": line.state} for line in lines
        ]
    following = cursor_text(of, (ids[limit - 1],)) if len(ids) > limit else None
    return answer_page(request, records, following)
