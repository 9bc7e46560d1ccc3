"""The pages: one file per page, each with its template."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.web.desk import Desk
from pipelines.web.pages.alerts import alert_routes
from pipelines.web.pages.article import article_routes
from pipelines.web.pages.assets import asset_routes
from pipelines.web.pages.coverage import coverage_routes
from pipelines.web.pages.editing import editing_routes
from pipelines.web.pages.pictures import picture_routes
from pipelines.web.pages.search import search_routes
from pipelines.web.pages.source import source_routes
from pipelines.web.pages.story import story_routes
from pipelines.web.pages.today import today_routes

_PAGES = (
    *(today_routes, story_routes, article_routes, search_routes, coverage_routes, source_routes),
    *(alert_routes, editing_routes, picture_routes),
)


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter()
    router.include_router(asset_routes())
    for part in _PAGES:
        router.include_router(part(desk))
    return router
