"""Puts the page and the API together into one application."""

from __future__ import annotations

from fastapi import FastAPI

from pipelines.web import api, pages
from pipelines.web.desk import Desk


def create_app(desk: Desk) -> FastAPI:
    """Return the application that serves ``desk``."""
    app = FastAPI(title="firstseen", docs_url=None, redoc_url=None)
    app.include_router(api.routes(desk), prefix="/api/v1")
    app.include_router(pages.routes(desk))
    return app
