"""Why a request is not answered, described."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pipelines.web.api.record import Record
from pipelines.web.problems import PROBLEM_TYPE


class Problem(Record):
    """Why a request was not answered (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Bad Request"])
    status: int = Field(examples=[400])
    detail: str = Field(examples=["line 1, column 6: the watch ends too early"])
    parameter: str | None = Field(None, description="The parameter that is wrong.")
    line: int | None = Field(None, description="Where a query is wrong, counted from 1.")
    column: int | None = None
    expected: list[str] | None = Field(None, description="What could stand there.")
    suggestion: str | None = Field(None, description="What was probably meant.")
    errors: list[dict[str, str]] | None = Field(None, description="One for each parameter (422).")


def _problem(told: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": told, "content": {PROBLEM_TYPE: {"schema": schema}}}


def _problems(*numbers: int) -> dict[int | str, dict[str, Any]]:
    told = {
        304: {"description": "`If-None-Match` names the answer's `ETag`: nothing has changed."},
        400: _problem("The query or the cursor cannot be read; the detail says where."),
        401: _problem("There is no token, or not the right one."),
        404: _problem("There is no such thing."),
        410: _problem("The cursor is of another archive, or of one that was restored since."),
        421: _problem("The server does not answer to this host name."),
        422: _problem("A parameter is not as described."),
        429: _problem("Too many requests; `Retry-After` says when to come back."),
        500: _problem("A fault of ours."),
        503: _problem("It took too long, or the database is away."),
    }
    return {number: told[number] for number in numbers}


_ALWAYS = (304, 401, 421, 422, 429, 500, 503)
LIST_PROBLEMS = _problems(400, *_ALWAYS)
ONE_PROBLEMS = _problems(404, *_ALWAYS)
FEED_PROBLEMS = _problems(400, 410, *_ALWAYS)
