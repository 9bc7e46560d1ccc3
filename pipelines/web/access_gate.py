"""Asks for the token: of programs in a header, of people on a page that then sets a cookie."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.web.access import SESSION_COOKIE, SESSION_LASTS, Access
from pipelines.web.below_path import below
from pipelines.web.login_page import login_page, once_more_page
from pipelines.web.problems import Problem, is_api, problem_response
from pipelines.web.rate_limit import TokenBuckets, client_of, refusal

WRONG_TRIES_PER_MINUTE = 10
_SECONDS_AFTER_A_WRONG_TRY = 0.5
_LARGEST_FORM = 4096  # bytes
_LOGIN, _LOGOUT = "/login", "/logout"
_OPEN = "/static/"  # the product's own styles and scripts, the same everywhere


class AccessGate:
    """ASGI middleware: lets nobody through without the token or a session it opened.

    Where ``access`` is None everybody passes. Wrong tokens are answered late, and after
    WRONG_TRIES_PER_MINUTE of one client not looked at for a while.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access | None,
        clock: Callable[[], datetime],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._access = access
        self._clock = clock
        self._sleep = sleep
        self._tries = TokenBuckets(WRONG_TRIES_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._access is None or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._answer(Request(scope, receive), self._access)
        except Problem as problem:
            answer = problem_response(scope, problem)
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request, access: Access) -> Response | None:
        """Return what stands in the way; None: nothing."""
        path = request.url.path
        if path == _LOGIN:
            return await self._login(request, access)
        if path == _LOGOUT and request.method == "POST":
            left = RedirectResponse(_LOGIN, 303)
            left.delete_cookie(SESSION_COOKIE, path=below() or "/")
            return left
        if self._has_session(request, access):
            return None
        given = token_in(request.headers)
        if given is not None:
            if await self._is_right(request, access, given):
                return None
            raise _unauthorized("this is not the token", error='error="invalid_token"')
        if is_api(request.scope):
            raise _unauthorized("send the token: Authorization: Bearer ...")
        return _to_login(request)

    def _has_session(self, request: HTTPConnection, access: Access) -> bool:
        cookie = request.cookies.get(SESSION_COOKIE)
        return cookie is not None and access.is_session(cookie, self._clock())

    async def _is_right(self, request: Request, access: Access, given: str) -> bool:
        client = client_of(request.scope)
        if access.is_token(given):
            return True
        taken = self._tries.take(client)
        if not taken.is_allowed:
            raise refusal(taken, "too many wrong tokens; wait a little")
        await self._sleep(_SECONDS_AFTER_A_WRONG_TRY)
        return False

    async def _login(self, request: Request, access: Access) -> Response:
        goal = own_path(request.query_params.get("next", "/"))
        if request.method == "GET" or request.method == "HEAD":
            return login_page(goal)
        if request.method != "POST":
            raise Problem(405, "log in with GET and POST", headers={"Allow": "GET, HEAD, POST"})
        if not await self._is_right(request, access, await _token_of_form(request)):
            return login_page(goal, is_wrong=True)
        answer = RedirectResponse(goal, 303)
        answer.set_cookie(
            SESSION_COOKIE,
            access.open_session(self._clock()),
            max_age=int(SESSION_LASTS.total_seconds()),
            path=below() or "/",  # what else lives on that host has no use for it
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer


def token_in(headers: Headers) -> str | None:
    """Return the token of an Authorization header; None when there is none of a known kind.

    Bearer (RFC 6750 2.1), or the password of Basic (RFC 7617), which is all feed readers know.
    """
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() == "basic":
        try:
            decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return decoded.partition(":")[2]
    return None


def own_path(text: str) -> str:
    """Return a path of this site to go to after logging in; whatever leads elsewhere is "/"."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    # Browsers take "\" for "/" and drop control characters, so "/\evil" would lead away.
    if not is_ours or "\\" in text or not text.isprintable() or text.startswith("//"):
        return "/"
    return text


def _unauthorized(told: str, *, error: str = "") -> Problem:
    challenge = ", ".join(part for part in ('Bearer realm="firstseen"', error) if part)
    return Problem(401, told, headers={"WWW-Authenticate": challenge})


def _to_login(request: Request) -> Response:
    if request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET":
        # A link in a mail: the browser keeps a strict cookie back, but not from our own page.
        return once_more_page()
    goal = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in ("GET", "HEAD"):
        goal = "/"
    address = f"{_LOGIN}?next={quote(goal)}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


async def _token_of_form(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            raise Problem(413, "this form is too large")
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=10)
    except ValueError:
        raise Problem(400, "this form cannot be read") from None
    return fields.get("token", [""])[0].strip()
