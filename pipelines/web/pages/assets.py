"""The files that pages refer to, read once: no path from outside ever reaches the disk."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response

from pipelines.web.below_path import own_address
from pipelines.web.problems import Problem

PREFIX = "/static/"
_FOREVER = "public, max-age=31536000, immutable"  # the address changes with the bytes
_BRIEFLY = "public, max-age=300"
_KINDS = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8"}
_SERVED = frozenset({".css", ".js", ".woff2", ".svg"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, their type, and a version made of them."""

    body: bytes
    kind: str
    version: str


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Return every file by its name below /static/."""
    return dict(_read(files("pipelines.web") / "static", ""))


def _read(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _read(entry, f"{name}/")
            continue
        ending = "." + entry.name.rpartition(".")[2]
        if ending in _SERVED:
            body = entry.read_bytes()
            guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
            kind = _KINDS.get(ending, f"{guessed}; charset=utf-8" if ending == ".css" else guessed)
            found.append((name, Asset(body, kind, hashlib.sha256(body).hexdigest()[:12])))
    return found


def asset_url(name: str) -> str:
    """Return the address of a file with its version. Raises KeyError for one that is not there."""
    return own_address(f"{PREFIX}{name}?v={assets()[name].version}")


def asset_routes() -> APIRouter:
    """Return the route that serves them."""
    router = APIRouter()

    @router.get(PREFIX + "{name:path}")
    def asset(request: Request, name: str) -> Response:
        found = assets().get(name)
        if found is None:
            raise Problem(404, "there is no such file")
        is_exact = request.query_params.get("v") == found.version
        headers = {
            "Cache-Control": _FOREVER if is_exact else _BRIEFLY,
            "ETag": f'"{found.version}"',
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(found.body, headers=headers, media_type=found.kind)

    return router
