"""Deliveries of a workspace: the outbox of its database, through the same gate as all fetching."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.config import Options
from crawler.middlewares.addresses import AllowList, check_address, check_url
from pipelines.deliver import Deliverer
from pipelines.export.alert_feeds import write_feeds
from pipelines.receivers import Send, sender
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.leader import leader_lock

logger = logging.getLogger(__name__)

MOST_SECONDS = 120.0  # one pass of `firstseen alerts deliver`; the next pass goes on


class Gate:
    """The fetch gate for what is sent: the same rules, the same exceptions (fetch.allow)."""

    def __init__(self, allow: AllowList) -> None:
        self._allow = allow

    def check_url(self, url: str) -> tuple[str, int]:
        """Return host and port of a URL that may be tried."""
        return check_url(url, self._allow)

    def check_connection(self, ip: str, port: int, *, name: str) -> None:
        """Raise BlockedAddress unless this address may be connected to."""
        check_address(ip, port, self._allow, name=name)


def send_of(options: Options) -> Send:
    """Return the function that sends messages by a workspace's options."""
    return sender(os.environ, Gate(AllowList.parse(options.fetch.allow)))


class Deliveries:
    """The delivering of one process. Only one process of a database delivers at a time."""

    def __init__(
        self, options: Options, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._options = options
        self._lock = leader_lock(options.database_url, "delivery")
        self._engine: Engine = open_engine(options.database_url)
        self._sessions = session_factory(self._engine)
        self.deliverer = Deliverer(self._sessions, options.channels, send_of(options), clock=clock)

    def start_due(self) -> bool:
        """Start what is due and write the feeds; False while another process delivers."""
        if not self._lock.acquire():
            return False
        self.deliverer.start_due()
        if folder := feeds_folder(self._options):
            with self._sessions() as session:
                write_feeds(session, folder)
        return True

    def close(self, *, within: float = 0.0) -> bool:
        """Wait for what is under way, at most so many seconds; tell whether all was done."""
        done = self.deliverer.wait(within)
        self._lock.release()
        self._engine.dispose()
        return done


def feeds_folder(options: Options) -> Path | None:
    """Return where the feeds of the watches are written; None: nowhere."""
    folder = options.alerts.feeds_folder
    return options.workspace / folder if folder else None
