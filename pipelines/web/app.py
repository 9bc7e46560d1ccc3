"""Puts the page and the API together into one application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from pipelines.web import api, pages
from pipelines.web.access_gate import AccessGate
from pipelines.web.api.description import describe
from pipelines.web.below_path import BelowPath
from pipelines.web.conditional import ConditionalGet
from pipelines.web.desk import Desk
from pipelines.web.faults import Faults
from pipelines.web.headers import SecurityHeaders
from pipelines.web.hosts import KnownHosts
from pipelines.web.problems import (
    Problem,
    answer_database_error,
    answer_http_error,
    answer_invalid,
    answer_problem,
)
from pipelines.web.rate_limit import RateLimit, TokenBuckets
from pipelines.web.shell import Shell
from pipelines.web.time_limit import TimeLimit

_SMALLEST_COMPRESSED = 1024  # below, the packing costs more than it saves
_COMPRESSION = 5  # of 9; more is hardly smaller and twice as slow
#: Requests worked on at the same time, each in a thread with a connection of its own.
_THREADS = 8


def create_app(desk: Desk, shell: Shell | None = None) -> FastAPI:
    """Return the application that serves ``desk`` within the limits of ``shell``."""
    app = FastAPI(
        docs_url=None,  # it would load scripts from elsewhere
        redoc_url=None,
        title="firstseen",
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # operationId: list_articles
        lifespan=_bounded_threads,
        middleware=_middlewares(desk, shell or Shell()),
        exception_handlers={
            Problem: answer_problem,
            HTTPException: answer_http_error,
            RequestValidationError: answer_invalid,
            DBAPIError: answer_database_error,
        },
    )
    app.include_router(api.routes(desk), prefix="/api/v1")
    app.include_router(pages.routes(desk), include_in_schema=False)
    describe(app)
    return app


@asynccontextmanager
async def _bounded_threads(_app: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield


def _middlewares(desk: Desk, shell: Shell) -> list[Middleware]:
    """From the outside to the inside."""
    return [
        Middleware(BelowPath, root_path=shell.root_path, proxies=shell.proxies),
        Middleware(SecurityHeaders),
        Middleware(Faults),
        Middleware(KnownHosts, hosts=shell.hosts),
        Middleware(RateLimit, buckets=TokenBuckets(shell.requests_per_minute)),
        Middleware(AccessGate, access=shell.access, clock=desk.clock),
        Middleware(TimeLimit, seconds=shell.seconds),
        Middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED, compresslevel=_COMPRESSION),
        Middleware(ConditionalGet),
    ]
