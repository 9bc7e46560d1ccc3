"""What the OpenAPI document says beside the routes."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from pipelines.web.api.refusals import Problem
from pipelines.web.below_path import below

#: What the OpenAPI document says of the API as a whole.
DESCRIPTION: dict[str, Any] = {
    "title": "firstseen",
    "version": version("firstseen"),
    "summary": "What was published, by whom first, and what changed since.",
    "description": (
        "Read-only. Articles in schema.org's names, with the interval in which each appeared:"
        " after `notSeenAt`, by `firstSeenAt`. Times are UTC in RFC 3339. Lists are paged by"
        " cursors that new entries do not disturb; `Link: rel=next` leads on. Every answer has an"
        " `ETag`; errors are problem details (RFC 9457). Where the server asks for a token, send"
        " it as `Authorization: Bearer`."
    ),
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "tags": [
        {"name": "articles", "description": "Articles, their wordings, and the search."},
        {"name": "stories", "description": "Articles about the same event, and who was first."},
        {"name": "sources", "description": "Publishers, their health, and when they were seen."},
        {"name": "watches", "description": "What is waited for, and what was told."},
        {"name": "changes", "description": "Everything that happened, in order."},
    ],
}


def describe(app: FastAPI) -> None:
    """Let the application's OpenAPI document know problems and tokens, too."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(**DESCRIPTION, openapi_version="3.1.0", routes=app.routes)
            parts = document.setdefault("components", {})
            schemas = parts.setdefault("schemas", {})
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas["Problem"] = problem
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{}, {"token": []}]  # asked for only where there is a token
            app.openapi_schema = document
        return {**app.openapi_schema, "servers": [{"url": below() or "/"}]}

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it
