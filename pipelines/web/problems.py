"""Errors as answers: problem details for programs (RFC 9457), a short page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

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
    """Return a page without pictures, styles or scripts of its own; ``body`` is HTML."""
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        '<meta name=color-scheme content="light dark">'
        f"<title>{escape(title)} - firstseen</title><main><h1>{escape(title)}</h1>{body}</main>",
        status,
        dict(headers or {}),
    )
