"""Deliveries of a workspace: the outbox of its database, through the same gate as all fetching."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.channel_file import ChannelFile
from crawler.config import Options
from crawler.middlewares.gate import Gate
from pipelines.deliver import Deliverer
from pipelines.export.alert_feeds import write_feeds
from pipelines.past import find_past, tell_past, wants_past
from pipelines.receivers import Send, sender
from pipelines.storage.database import open_engine, session_factory, shared_engine
from pipelines.storage.leader import leader_lock
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import watches_of

__all__ = ["Deliveries", "Gate", "feeds_folder", "send_of", "tell_past_of"]

logger = logging.getLogger(__name__)

MOST_SECONDS = 120.0  # one pass of `firstseen alerts deliver`; the next pass goes on


def send_of(options: Options) -> Send:
    """Return the function that sends messages by a workspace's options."""
    return sender(os.environ, Gate.of(options, os.environ))


class Deliveries:
    """The delivering of one process. Only one process of a database delivers at a time."""

    def __init__(
        self, options: Options, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._options, self._clock = options, clock
        self._told: set[str] = set()  # watches that need not be looked up again
        self._lock = leader_lock(options.database_url, "delivery")
        self._engine: Engine = open_engine(options.database_url)
        self._sessions = session_factory(self._engine)
        self._channels = ChannelFile(options)
        self.deliverer = Deliverer(self._sessions, options.channels, send_of(options), clock=clock)

    def start_due(self) -> bool:
        """Start what is due and write the feeds; False while another process delivers."""
        if not self._lock.acquire():
            return False
        self._tell_pasts()
        self.deliverer.channels = self._channels.channels()
        self.deliverer.start_due()
        if folder := feeds_folder(self._options):
            with self._sessions() as session:
                write_feeds(session, folder)
        return True

    def _tell_pasts(self) -> None:
        """Raise what new watches asked to hear of the time before them."""
        asking = [
            w
            for w in watches_of(self._options.watches_folder).definitions.values()
            if w.tell_past is not None and w.slug not in self._told
        ]
        for watch in asking:
            self._told.add(watch.slug)
            with self._sessions() as session:
                wants = wants_past(session, watch)
            if wants and watch.tell_past is not None:
                number = tell_past_of(
                    self._options, watch, self._clock() - watch.tell_past, self._clock()
                )
                logger.info("told of the past watch=%s stories=%d", watch.slug, number)

    def close(self, *, within: float = 0.0) -> bool:
        """Wait for what is under way, at most so many seconds; tell whether all was done."""
        done = self.deliverer.wait(within)
        self._lock.release()
        self._engine.dispose()
        return done


def tell_past_of(options: Options, watch: WatchDefinition, since: datetime, now: datetime) -> int:
    """Raise one alert per story since then that a watch was not told of; return how many."""
    url = options.database_url
    # Found by a reader, so that no crawl waits for a search of the archive.
    with session_factory(shared_engine(url, read_only=True))() as session:
        stories = find_past(session, watch, since=since)
    with session_factory(shared_engine(url)).begin() as session:
        return tell_past(session, watch, stories, now=now)


def feeds_folder(options: Options) -> Path | None:
    """Return where the feeds of the watches are written; None: nowhere."""
    folder = options.alerts.feeds_folder
    return options.workspace / folder if folder else None
