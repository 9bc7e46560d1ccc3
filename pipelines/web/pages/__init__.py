"""The pages: one file per page, each with its template."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.web.desk import Desk
from pipelines.web.pages.assets import asset_routes
from pipelines.web.pages.story import story_routes
from pipelines.web.pages.today import today_routes


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter()
    for part in (asset_routes(), today_routes(desk), story_routes(desk)):
        router.include_router(part)
    return router
