"""Scenarios for the crawl worker: what small sites answer, and what came of it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

Play = Callable[..., dict[str, Any]]

OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def outcomes(answer: dict[str, Any], run: int = 0) -> list[str]:
    """The outcome words of one run in the order of the URLs asked for."""
    return [r["outcome"] for r in sorted(answer["runs"][run]["results"], key=lambda r: r["wanted"])]


def paths(answer: dict[str, Any], site: int = 0) -> list[str]:
    return [hit["path"] for hit in answer["sites"][site]["hits"]]


def robots(text: str, **more: Any) -> dict[str, Any]:
    return {"body": text, "headers": [["Content-Type", "text/plain"]], **more}


def redirect(to: str, status: int = 302) -> dict[str, Any]:
    return {"status": status, "headers": [["Location", to]]}


def raw(text: str, **more: Any) -> dict[str, Any]:
    return {"raw": b64(text.encode("latin-1")), **more}


def zipped(data: bytes, coding: str = "gzip") -> dict[str, Any]:
    return {"b64": b64(data), "headers": [["Content-Encoding", coding]]}
