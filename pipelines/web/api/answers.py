"""Answers in JSON: one thing, or a page of a list with the way to the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from pipelines.web.below_path import own_address

JSON = "application/json"


def answer(record: Any, *, headers: dict[str, str] | None = None) -> Response:
    """Return a value as JSON in UTF-8 (RFC 8259 8.1)."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate has no UTF-8, and JSON columns may hold one.
    return Response(text.encode("utf-8", "replace"), headers=headers, media_type=JSON)


def answer_page(request: Request, items: Sequence[Any], cursor: str | None) -> Response:
    """Return a page of a list; ``cursor`` None: it is the last. The next is linked (RFC 8288)."""
    headers = {}
    if cursor is not None:
        headers["Link"] = f'<{address_with(request, cursor=cursor)}>; rel="next"'
    return answer({"items": list(items), "nextCursor": cursor}, headers=headers)


def address_with(request: Request, **changed: str) -> str:
    """Return the path and query of a request with some of the query changed."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in changed]
    return f"{own_address(request.url.path)}?{urlencode([*pairs, *changed.items()])}"
