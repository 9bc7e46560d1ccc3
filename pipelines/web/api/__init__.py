"""The JSON API: one file per noun."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.web.desk import Desk


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the API, to be served under /api/v1."""
    return APIRouter()
