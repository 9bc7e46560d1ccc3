"""Puts the page and the API together into one application."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from pipelines.web import api, pages
from pipelines.web.desk import Desk
from pipelines.web.faults import Faults
from pipelines.web.headers import SecurityHeaders
from pipelines.web.hosts import KnownHosts
from pipelines.web.problems import Problem, answer_problem
from pipelines.web.shell import Shell

_SMALLEST_COMPRESSED = 1024  # below, the packing costs more than it saves


def create_app(desk: Desk, shell: Shell | None = None) -> FastAPI:
    """Return the application that serves ``desk`` within the limits of ``shell``."""
    shell = shell or Shell()
    app = FastAPI(
        title="firstseen",
        docs_url=None,  # it would load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=_middlewares(shell),
        exception_handlers={Problem: answer_problem},
    )
    app.include_router(api.routes(desk), prefix="/api/v1")
    app.include_router(pages.routes(desk), include_in_schema=False)
    return app


def _middlewares(shell: Shell) -> list[Middleware]:
    """From the outside to the inside."""
    return [
        Middleware(SecurityHeaders),
        Middleware(Faults),
        Middleware(KnownHosts, hosts=shell.hosts),
        Middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED),
    ]
