"""Answers only to its own names: a page elsewhere must not reach us by a name that points here."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.web.problems import Problem, problem_response


def host_name(header: str) -> str:
    """Return the name in a Host header (RFC 9110 7.2), without port and brackets; "" if none."""
    value = header.strip().lower()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    name, _, port = value.rpartition(":")
    return name if name and port.isdecimal() else value.rstrip(":")


def is_loopback(name: str) -> bool:
    """Whether a name or address always means this machine (RFC 6761 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_address(name: str) -> bool:
    """Whether this is an address and no name: nobody can make it point elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class KnownHosts:
    """ASGI middleware: refuses requests that mean another host, and forms sent from elsewhere.

    Without it, a site whose name is made to point here (DNS rebinding) could read the archive
    through the browser of an analyst.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(host_name(host) for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := self._refusal(Headers(scope=scope), scope)):
            await problem_response(scope, problem)(scope, receive, send)
            return
        if scope["type"] == "websocket":
            return  # there is none here; closing without accepting answers 403
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers, scope: Scope) -> Problem | None:
        name = host_name(headers.get("host", ""))
        if not (is_loopback(name) or is_address(name) or name in self._hosts):
            told = "this server does not answer to that name; [web] hosts lists those it does"
            return Problem(421, told)  # RFC 9110 15.5.20
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        if _is_from_elsewhere(headers):
            return Problem(403, "this form was sent from another site")
        return None


def _is_from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site made it send this (Fetch Metadata, Origin)."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    # "null" comes from sandboxes and files; programs send neither header.
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")
