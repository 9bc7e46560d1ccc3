"""So many requests a minute for each client; whoever asks for more is told when to come back."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.web.problems import Problem, problem_response

_MOST_CLIENTS = 10_000  # remembered; a flood of addresses must not fill the memory


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one request: whether it may go on, what is left, seconds until the next."""

    is_allowed: bool
    left: int
    wait: float


class TokenBuckets:
    """A bucket for each client: full at first, filled up evenly, one token a request."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, when

    def take(self, client: str) -> Taken:
        """Take a token of a client's, if there is one."""
        now, per_second = self._clock(), self.per_minute / 60
        tokens, at = self._buckets.pop(client, (float(self.per_minute), now))
        tokens = min(self.per_minute, tokens + (now - at) * per_second)
        is_allowed = tokens >= 1
        tokens -= is_allowed
        self._buckets[client] = (tokens, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)  # who was away longest has a full bucket anyway
        return Taken(is_allowed, int(tokens), max(0.0, 1 - tokens) / per_second)


def client_of(scope: Scope) -> str:
    """Return what counts as one client: an IPv4 address, an IPv6 network of one line."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 6:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def refusal(taken: Taken, told: str) -> Problem:
    """Return the answer to a request too many (RFC 6585 4)."""
    return Problem(429, told, headers={"Retry-After": str(max(1, ceil(taken.wait)))})


class RateLimit:
    """ASGI middleware: bounds the requests of each client, and says how many are left."""

    def __init__(self, app: ASGIApp, buckets: TokenBuckets) -> None:
        self._app = app
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = self._buckets.take(client_of(scope))
        per_minute = self._buckets.per_minute

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # draft-ietf-httpapi-ratelimit-headers: quota and window, then what is left.
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"client";q={per_minute};w=60'
                headers["RateLimit"] = f'"client";r={taken.left};t={ceil(taken.wait)}'
            await send(message)

        if taken.is_allowed:
            await self._app(scope, receive, send_with_headers)
            return
        problem = refusal(taken, f"more than {per_minute} requests a minute; wait a little")
        await problem_response(scope, problem)(scope, receive, send_with_headers)
