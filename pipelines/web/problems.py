"""Errors as answers: problem details for programs (RFC 9457), a short page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from pipelines.storage.faults import is_fatal
from pipelines.web.below_path import below

API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A request cannot be answered; becomes the answer that says why."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        """``more`` are further members of the problem object."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more


def problem_record(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """Return a problem object; its type is about:blank, so the title is the status's phrase."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


def is_api(scope: Scope) -> bool:
    """Whether a program asked: paths below /api/ are the API's."""
    return str(scope["path"]).startswith(API_PREFIX)


def problem_response(scope: Scope, problem: Problem) -> Response:
    """Return the answer to a request that failed, in the form of what was asked for."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    if is_api(scope):
        record = problem_record(problem.status, problem.detail, **problem.more)
        content = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
        return Response(content, problem.status, headers, media_type=PROBLEM_TYPE)
    title = HTTPStatus(problem.status).phrase
    return plain_page(title, f"<p>{escape(problem.detail)}</p>", problem.status, headers)


async def answer_problem(request: Request, error: Exception) -> Response:
    """Exception handler for Problem."""
    assert isinstance(error, Problem)
    return problem_response(request.scope, error)


def plain_page(
    title: str, body: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return a page that needs neither template nor database; ``body`` is HTML."""
    home = f"{below()}/"
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)} - firstseen</title>"
        f'<script src="{home}static/theme.js"></script>'
        f'<link rel="stylesheet" href="{home}static/desk.css">'
        f'<link rel="stylesheet" href="{home}static/parts.css"></head><body>'
        f'<header class="bar"><div class="bar-inner"><a class="brand" href="{home}">firstseen</a>'
        '</div></header><main class="page"><div class="empty">'
        f'<h1>{escape(title)}</h1>{body}<p><a href="{home}">Go to today\'s stories</a></p></div>'
        "</main>"
        "</body></html>",
        status,
        dict(headers or {}),
    )


_QUERY_CANCELED = "57014"  # PostgreSQL: statement_timeout
_SIGNS = ("interrupted", "transaction timeout")  # SQLite; PostgreSQL as it closes the connection


def took_too_long(error: Exception) -> bool:
    """Whether a database error means that a statement was ended because its time was over."""
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) == _QUERY_CANCELED:
        return True
    return any(sign in str(error.orig) for sign in _SIGNS)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Exception handler for what Starlette itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 404:
        told = "there is nothing at this address"
    elif error.status_code == 405:
        # FastAPI answers HEAD where it answers GET, but does not know that it does.
        headers["Allow"] = headers.get("allow", "GET").replace("GET", "GET, HEAD")
        headers.pop("allow", None)
        told = f"{request.method} is not answered here"
    else:
        told = str(error.detail)
    return problem_response(request.scope, Problem(error.status_code, told, headers=headers))


async def answer_invalid(request: Request, error: Exception) -> Response:
    """Exception handler for parameters that are not as the description says."""
    assert isinstance(error, RequestValidationError)
    errors = [
        {"parameter": ".".join(map(str, one["loc"][1:])), "detail": str(one["msg"])}
        for one in error.errors()
    ]
    told = "; ".join(f"{one['parameter']}: {one['detail']}" for one in errors)
    return problem_response(request.scope, Problem(422, told, errors=errors))


async def answer_database_error(request: Request, error: Exception) -> Response:
    """Exception handler for the database: what will pass is 503, anything else a fault of ours."""
    if took_too_long(error):
        told = "this takes too long; narrow it down: a later since, rarer words"
        problem = Problem(503, told, headers={"Retry-After": "30"})
        return problem_response(request.scope, problem)
    if is_fatal(error):
        told = "the database cannot be read just now; `firstseen db check` says why"
        problem = Problem(503, told, headers={"Retry-After": "10"})
        return problem_response(request.scope, problem)
    raise error
