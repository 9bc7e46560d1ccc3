"""The change feed: everything that happened, in order, for whoever keeps a copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.export.schema_org import iso_time
from pipelines.storage.change_models import Change
from pipelines.storage.changes import changes_after, newest_change, time_of_change
from pipelines.storage.models import Article, Source
from pipelines.web.api.answers import address_with, answer
from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.api.parameters import Cursor
from pipelines.web.api.refusals import FEED_PROBLEMS
from pipelines.web.api.story_models import ChangePage
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

_OF = ("changes",)  # the kinds are left out: a reader may ask for others later
_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")  # the time before the first change
Kind = Literal["article", "revision", "gone", "back", "joined", "merged", "renamed", "alert"]
Kinds = Annotated[
    list[Kind], Query(alias="kind", max_length=8, description="Only of these kinds; repeat it.")
]
Start = Annotated[
    Literal["oldest", "newest"],
    Query(description="Without a cursor: from the first change, or only what comes from now on."),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="Changes on a page, at most.")]


def change_routes(desk: Desk) -> APIRouter:
    """Return the route of the feed."""
    router = APIRouter(tags=["changes"])

    @router.get("/changes", response_model=ChangePage, responses=FEED_PROBLEMS)
    def changes(
        request: Request,
        kinds: Kinds = [],  # noqa: B006 - FastAPI copies it
        start: Start = "oldest",
        cursor: Cursor = None,
        limit: Limit = 200,
    ) -> Response:
        """What happened, oldest first: new articles, wordings, deletions, stories, alerts.

        Ask again with `nextCursor`, now or later: nothing is skipped, whoever writes meanwhile,
        and nothing comes twice. A cursor of an archive that was restored since is answered 410.
        """
        place = read_cursor(cursor, _OF, (int, datetime))
        with reading(desk) as session:
            newest = newest_change(session)
            after = newest if start == "newest" and place is None else 0
            if place is not None:
                after = _checked(session, cast(int, place[0]), cast(datetime, place[1]))
            # What comes in from here on is for the next page, whatever this one reads when.
            rows = changes_after(session, after, upto=newest, kinds=kinds, limit=limit)
            # With a filter the rest was looked through, too, and need not be again.
            last = rows[-1].id if len(rows) == limit else max(newest, after)
            following = cursor_text(_OF, (last, time_of_change(session, last) or _NEVER))
            records = _records(session, rows)
        headers = {}
        if len(rows) == limit:
            headers["Link"] = f'<{address_with(request, cursor=following)}>; rel="next"'
        page = {"items": records, "nextCursor": following, "newest": newest}
        return answer(page, headers=headers)

    return router


def _checked(session: Session, number: int, at: datetime) -> int:
    """Return a cursor's number, if the change it stands for is the one that has it now."""
    if (time_of_change(session, number) or _NEVER) != at:
        told = (
            "the archive is not the one this cursor is from, or was restored since; begin without"
            " a cursor"
        )
        raise Problem(410, told, parameter="cursor")
    return number


def _records(session: Session, rows: Sequence[Change]) -> list[dict[str, Any]]:
    wanted = {row.article_id for row in rows if row.article_id is not None}
    columns = (Article.id, Article.headline, Article.url, Source.slug, Article.first_seen_at)
    query = select(*columns).join(Source, Source.id == Article.source_id)
    articles = {
        row_id: {
            "id": row_id,
            "headline": headline,
            "url": url,
            "source": slug,
            "firstSeenAt": iso_time(seen_at),
        }
        for row_id, headline, url, slug, seen_at in session.execute(
            query.where(Article.id.in_(wanted))
        )
    }
    return [
        {
            "number": row.id,
            "at": iso_time(row.at),
            "kind": row.kind,
            "article": articles.get(row.article_id) if row.article_id else None,
            "story": row.story_id,
            "revision": row.number,
            "alert": row.alert_id,
        }
        for row in rows
    ]
