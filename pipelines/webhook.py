"""Webhooks by the Standard Webhooks scheme: signed, to a checked address, nowhere else."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from pipelines.proxy_route import NO_PROXY, ProxyRoute
from pipelines.storage.outbox import SendOutcome
from pipelines.turns import in_turn

#: socket.getaddrinfo, or a test's own.
Resolve = Callable[..., Any]

# A receiver that asks for more is asked again in the meantime: a slip must not silence a desk.
LONGEST_WAIT = timedelta(hours=6)
SECONDS = 15.0  # for the whole exchange; the scheme recommends 15 to 30
# 408 and 429 are about the moment, 401, 403 and 404 about the receiver: both hold the channel.
_ABOUT_THE_MESSAGE = frozenset({400, 405, 406, 409, 411, 413, 414, 415, 417, 422, 431})


class AddressGate(Protocol):
    """Which addresses may be connected to. Both checks raise an exception that says why not."""

    @property
    def route(self) -> ProxyRoute:
        """The proxy, if there is one."""

    def check_url(self, url: str) -> tuple[str, int]:
        """Return host and port of a URL that may be tried."""

    def check_connection(self, ip: str, port: int, *, name: str) -> None:
        """Judge the address about to be connected to."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending one message; ``detail`` is one line without secrets."""

    outcome: SendOutcome
    detail: str
    wait: timedelta | None = None  # what the receiver asked for before the next try
    reached: frozenset[str] = frozenset()  # marks of the receivers that have it now


def signed_headers(key: str, at: datetime, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three headers of the scheme; with two secrets (rotation) there are two signatures.

    ``at`` is aware. Raises ValueError for a secret that is not base64.
    """
    utc = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(key, utc, body) for secret in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(utc.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def post_webhook(
    url: str,
    body: str,
    headers: dict[str, str],
    gate: AddressGate,
    *,
    seconds: float = SECONDS,
    resolve: Resolve | None = None,
) -> Sent:
    """Post JSON to a receiver; redirects are not followed. Never raises.

    Where its name has several addresses, they share the time and are tried in turn until one
    answers. The message has a key, so that a receiver can drop what an address took and did not
    answer (RFC 9110 9.2.2).
    """
    try:
        host, port = gate.check_url(url)
        ips = checked_addresses(host, port, gate, resolve or socket.getaddrinfo)
    except OSError as error:
        return Sent("failed", f"the name does not resolve: {error.strerror or error}")
    except Exception as error:  # the gate says in its own words why not
        return Sent("failed", f"refused by the address check: {error}")
    by_proxy = f" through the proxy {gate.route.shown}" if gate.route.leads_to(host) else ""
    tls = url.lower().startswith("https:")
    try:
        status, retry_after = in_turn(
            ips,
            lambda ip, share: _exchange(
                PinnedConnection((host, port), ip, share, tls=tls, route=gate.route),
                url,
                body,
                headers,
                share,
            ),
            seconds=seconds,
        )
    except TimeoutError:
        return Sent("failed", f"no answer{by_proxy} within {seconds:.0f} s")
    except (OSError, http.client.HTTPException, ValueError) as error:
        told = getattr(error, "strerror", None) or type(error).__name__
        return Sent("failed", f"no answer{by_proxy}: {told}")
    return _answered(status, waiting_time(retry_after, datetime.now(UTC)))


def waiting_time(retry_after: str | None, now: datetime) -> timedelta | None:
    """Return how long a Retry-After asks to wait; None where it says nothing that can be read.

    Seconds or a date (RFC 9110 10.2.3); never longer than LONGEST_WAIT.
    """
    text = (retry_after or "").strip()
    try:
        if text.isascii() and text.isdigit():
            wait = timedelta(seconds=min(int(text[:12]), LONGEST_WAIT.total_seconds()))
        else:
            wait = parsedate_to_datetime(text).astimezone(UTC) - now
    except (ValueError, OverflowError):
        return None
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def _answered(status: int, wait: timedelta | None = None) -> Sent:
    if 200 <= status < 300:
        return Sent("delivered", f"answered {status}")
    if status == 410:  # the scheme: the receiver wants no more
        return Sent("gone", "answered 410 Gone")
    if status in (429, 503):
        told = f", try again in {wait.total_seconds():.0f} s" if wait else ""
        return Sent("failed", f"answered {status}{told}", wait)
    if 300 <= status < 400:
        return Sent("failed", f"answered {status}: redirects are not followed")
    outcome: SendOutcome = "refused" if status in _ABOUT_THE_MESSAGE else "failed"
    return Sent(outcome, f"answered {status}")


def checked_addresses(host: str, port: int, gate: AddressGate, resolve: Resolve) -> list[str]:
    """Return the addresses to connect to, in order. All are judged: one inward is one too many."""
    bare = host.strip("[]")
    route = gate.route
    place, port = (route.host, route.port) if route.leads_to(bare) else (bare, port)
    answers = resolve(place, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for ip in addresses:
        gate.check_connection(ip, port, name=bare)
    return addresses


class FinalResponse(http.client.HTTPResponse):
    """The answer itself: what comes before it (102, 103 ...) is passed over (RFC 9110 15.2)."""

    def begin(self) -> None:
        """Read up to the end of the headers of the first status that is not interim."""
        super().begin()
        while 100 <= self.status < 200 and self.status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            self.headers = self.msg = None  # type: ignore[assignment]  # as before begin
            super().begin()


class PinnedConnection(http.client.HTTPConnection):
    """Connects to the address that was judged, whatever the name resolves to by now.

    Where ``route`` leads to the host, ``ip`` is the proxy's: https goes through a tunnel.
    """

    response_class = FinalResponse

    def __init__(
        self,
        place: tuple[str, int],
        ip: str,
        seconds: float,
        *,
        tls: bool,
        route: ProxyRoute = NO_PROXY,
    ) -> None:
        super().__init__(*place, timeout=seconds)
        self._ip, self._tls, self._authorities = ip, tls, route.authorities
        self._proxy = route if route.leads_to(place[0]) else NO_PROXY
        if self._proxy.url and tls:
            self.set_tunnel(*place, headers=self._proxy.login)

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        """Begin a request; a proxy that is asked without a tunnel is told the whole address."""
        if not self._proxy.url or self._tls:
            super().putrequest(method, url, *args, **kwargs)
            return
        super().putrequest(method, f"http://{self.host}:{self.port}{url}", *args, **kwargs)
        for name, value in self._proxy.login.items():
            self.putheader(name, value)

    def connect(self) -> None:
        """Open the socket, encrypted for the host's name where it is https."""
        self.sock = socket.create_connection(
            (self._ip, self._proxy.port or self.port), self.timeout
        )
        if self._proxy.url and self._tls:
            self._tunnel()  # type: ignore[attr-defined]  # http.client's own
        if self._tls:
            context = ssl.create_default_context()
            if self._authorities:
                context.load_verify_locations(self._authorities)
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host.strip("[]"))


def _exchange(
    connection: PinnedConnection,
    url: str,
    body: str,
    headers: dict[str, str],
    seconds: float,
) -> tuple[int, str | None]:
    """Return the status and what Retry-After says."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    late = threading.Event()

    def cut() -> None:
        late.set()
        if connection.sock is not None:
            with suppress(OSError):  # closed by the other side meanwhile
                connection.sock.shutdown(socket.SHUT_RDWR)

    # The socket's own limit is per read: a receiver that dribbles would never meet it.
    alarm = threading.Timer(seconds, cut)
    alarm.daemon = True
    alarm.start()
    try:
        more = {"Content-Type": "application/json", "User-Agent": "firstseen-alerts", **headers}
        connection.request("POST", path, body.encode(), more)
        response = connection.getresponse()
        return response.status, response.headers.get("Retry-After")
    except (OSError, http.client.HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        alarm.cancel()
        connection.close()
