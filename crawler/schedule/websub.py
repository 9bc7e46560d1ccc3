"""WebSub: subscribes at the hubs that feeds name, and looks at once when one tells of news."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from twisted.web import resource, server

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.hubs import (
    LONGEST_LEASE,
    HubRequest,
    confirm,
    deny,
    note_push,
    secret_of,
    wanted_subscriptions,
)

logger = logging.getLogger(__name__)
T = TypeVar("T")

LEASE = timedelta(days=7)
_MOST_BYTES = 1 << 20  # of a push; its content is not used, only its signature checked
_HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether ``X-Hub-Signature`` proves that the hub sent this body (WebSub 7.1)."""
    method, _, digest = header.partition("=")
    algorithm = _HASHES.get(method.strip().lower())
    if algorithm is None:
        return False
    expected = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(expected, digest.strip().lower())


def subscription_form(wanted: HubRequest, callback: str) -> bytes:
    """Return the body of a subscription request (WebSub 5.1)."""
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": wanted.topic_url,
        "hub.callback": callback,
        "hub.secret": wanted.secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    return urlencode(fields).encode()


class Hubs:
    """What the daemon knows of hubs. ``public_url`` is where they reach our callback."""

    def __init__(self, url: str, public_url: str, clock: Callable[[], datetime]) -> None:
        self._engine = open_engine(url, hurried=True)
        self._sessions = session_factory(self._engine)
        self._public = public_url.rstrip("/")
        self._clock = clock

    def wanted(self) -> list[tuple[str, bytes]]:
        """Return (hub, form) for each subscription to ask for now."""
        found = self.run(lambda session: wanted_subscriptions(session, self._clock()))
        return [(w.hub_url, subscription_form(w, f"{self._public}/{w.token}")) for w in found]

    def run(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a transaction of its own."""
        with self._sessions.begin() as session:
            return work(session)

    def verify(self, token: str, query: dict[str, str]) -> str | None:
        """Answer a hub's verification: the challenge, or None where we never asked."""
        if query.get("hub.mode") == "denied":
            self.run(lambda session: deny(session, token))
            return ""
        seconds = query.get("hub.lease_seconds", "")
        lease = timedelta(seconds=int(seconds)) if seconds.isdecimal() else LEASE
        is_ours = query.get("hub.mode") == "subscribe" and self.run(
            lambda session: confirm(
                session,
                token,
                query.get("hub.topic", ""),
                now=self._clock(),
                lease=min(lease, LONGEST_LEASE),
            )
        )
        return query.get("hub.challenge", "") if is_ours else None

    def push(self, token: str, body: bytes, signature: str) -> bool:
        """Take a push; False for an unknown callback. An unsigned one changes nothing."""
        secret = self.run(lambda session: secret_of(session, token))
        if secret is None:
            return False
        if is_signed(body, signature, secret):
            self.run(lambda session: note_push(session, token, now=self._clock()))
        else:
            logger.warning("push with a wrong signature ignored")
        return True

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


class HubCallback(resource.Resource):
    """The address hubs call: GET verifies a subscription, POST tells of news."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, hubs: Hubs, on_push: Callable[[], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Twisted has no types here
        self._hubs, self._on_push = hubs, on_push

    def render_GET(self, request: server.Request) -> Any:  # noqa: N802 - Twisted's name
        """Echo the challenge of a subscription we asked for; 404 for all others."""
        query = {k.decode(): v[0].decode("utf-8", "replace") for k, v in request.args.items()}
        self._answer(request, lambda: self._hubs.verify(_token(request), query))
        return server.NOT_DONE_YET

    def render_POST(self, request: server.Request) -> Any:  # noqa: N802 - Twisted's name
        """Answer at once; the section's next look fetches what is new."""
        body = request.content.read(_MOST_BYTES) if request.content else b""
        signature = request.getHeader("X-Hub-Signature") or ""
        token = _token(request)

        def push() -> str | None:
            return "" if self._hubs.push(token, body, signature) else None

        self._answer(request, push, after=self._on_push)
        return server.NOT_DONE_YET

    def _answer(
        self,
        request: Any,
        work: Callable[[], str | None],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        async def respond() -> None:
            try:
                text = await asyncio.to_thread(work)
            except Exception:
                logger.exception("hub callback failed")
                request.setResponseCode(500)
                text = ""
            if text is None:
                request.setResponseCode(404)
            request.setHeader("Content-Type", "text/plain; charset=utf-8")
            request.write((text or "").encode())
            request.finish()
            if text is not None:
                after()

        task = asyncio.ensure_future(respond())
        request.notifyFinish().addErrback(lambda _: task.cancel())


def _token(request: server.Request) -> str:
    return request.path.decode("ascii", "replace").rpartition("/")[2]


def listen(reactor: Any, address: str, callback: HubCallback) -> Any:
    """Serve the callback at "host:port"; returns Twisted's listening port."""
    host, _, port = address.rpartition(":")
    site = cast(Any, server.Site)(callback)
    return reactor.listenTCP(int(port), site, interface=host)
