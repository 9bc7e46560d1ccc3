"""The pages: one file per page, each with its template."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.web.desk import Desk


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the pages."""
    return APIRouter()
