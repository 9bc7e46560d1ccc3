"""Lets the page and the API live below a path of another site: what comes in, what goes out."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_below: ContextVar[str] = ContextVar("below", default="")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_LONGEST = 200
_LEADING_ON = ("location", "hx-redirect", "hx-location", "hx-push-url", "hx-replace-url")


def below() -> str:
    """Return the path this request is served below, "" for none, without a final slash."""
    return _below.get()


def own_address(path: str) -> str:
    """Return a path of ours as it is reached from outside."""
    return _below.get() + path


def plain_path(text: str) -> str | None:
    """Return a path to serve below, without a final slash; None for anything odd.

    It goes into every link: no dots before names, no escapes, nothing that leads to another host.
    """
    path = text.strip().rstrip("/")
    if not path:
        return ""
    return path if len(path) <= _LONGEST and _PATH.fullmatch(path) else None


class BelowPath(ProxyHeadersMiddleware):
    """ASGI middleware: believes what listed proxies say of client, scheme and path.

    The path is ``root_path``, else X-Forwarded-Prefix; with it in front of the path that is asked
    for or already taken off by the proxy. Inside, paths are the same as ever.
    """

    def __init__(self, app: ASGIApp, *, root_path: str = "", proxies: Collection[str] = ()) -> None:
        super().__init__(app, list(proxies))  # type: ignore[arg-type]  # theirs
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]  # Starlette's names of the same
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)  # type: ignore[arg-type]
            return
        prefix = self._root_path or self._forwarded(scope)
        token = _below.set(prefix)
        try:
            onward = _sender(send, prefix) if prefix else send
            await super().__call__(_inside(scope, prefix), receive, onward)  # type: ignore[arg-type]
        finally:
            _below.reset(token)

    def _forwarded(self, scope: Scope) -> str:
        client = scope.get("client")
        if not client or client[0] not in self.trusted_hosts:
            return ""
        # Of several proxies the first one knows the path that the reader sees.
        said = Headers(scope=scope).get("x-forwarded-prefix", "").partition(",")[0]
        return plain_path(said) or ""


def _inside(scope: Scope, prefix: str) -> Scope:
    path = scope["path"]
    if not prefix or (path != prefix and not path.startswith(prefix + "/")):
        return scope
    raw = scope.get("raw_path")
    if raw is not None and raw.startswith(prefix.encode()):
        raw = raw[len(prefix) :] or b"/"
    return {**scope, "path": path[len(prefix) :] or "/", "raw_path": raw}


def _sender(send: Send, prefix: str) -> Send:
    async def send_below(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in _LEADING_ON:
                target = headers.get(name, "")
                if target.startswith("/") and not target.startswith("//"):
                    headers[name] = prefix + target
        await send(message)

    return send_below
