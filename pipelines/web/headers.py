"""The headers that every answer carries: what a browser may do with it, which is little."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Everything comes from here, nothing is inline, nobody may frame us (CSP 3).
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # A publisher must not learn from a click what an analyst reads.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
}
#: The one other Referrer-Policy an answer may choose: it tells other sites nothing either, and lets
#: a browser name the origin of a form, which no-referrer turns into "null" (Fetch 3.2).
SAME_ORIGIN = "same-origin"
#: What is read here shows what is investigated: no shared cache may keep it (RFC 9111 5.2.2.7).
_DEFAULT_CACHING = "private, no-cache"


class SecurityHeaders:
    """ASGI middleware: sets SECURITY_HEADERS on every answer, whoever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                chosen = headers.get("Referrer-Policy")
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                if chosen == SAME_ORIGIN:
                    headers["Referrer-Policy"] = SAME_ORIGIN
                headers.setdefault("Cache-Control", _DEFAULT_CACHING)
            await send(message)

        await self._app(scope, receive, send_with_headers)
