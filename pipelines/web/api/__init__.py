"""The JSON API: one file per noun."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.web.api.articles import article_routes
from pipelines.web.api.changes import change_routes
from pipelines.web.api.feeds import feed_routes
from pipelines.web.api.revisions import revision_routes
from pipelines.web.api.sources import source_routes
from pipelines.web.api.stories import story_routes
from pipelines.web.api.watches import watch_routes
from pipelines.web.desk import Desk


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the API, to be served under /api/v1."""
    router = APIRouter()
    for part in (
        article_routes(desk),
        revision_routes(desk),
        story_routes(desk),
        source_routes(desk),
        watch_routes(desk),
        feed_routes(desk),
        change_routes(desk),
    ):
        router.include_router(part)
    return router
