"""Deliveries of a workspace: the outbox of its database, through the same gate as all fetching."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.channel_file import ChannelFile
from crawler.config import Options
from crawler.middlewares.gate import Gate
from pipelines.deliver import Deliverer
from pipelines.export.alert_feeds import write_feeds
from pipelines.operator_error import OperatorError
from pipelines.past import find_past, tell_past, wants_past
from pipelines.receivers import Send, sender
from pipelines.storage.database import explained, open_engine, session_factory, shared_engine
from pipelines.storage.leader import leader_lock
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import watches_of

__all__ = ["Deliveries", "Gate", "feeds_folder", "send_of", "tell_past_of"]

logger = logging.getLogger(__name__)

MOST_SECONDS = 120.0  # one pass at the end of a crawl or by itself; the next pass goes on


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
        self._engine: Engine = open_engine(options.database_url, hurried=True)
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
        if not self.deliverer.is_busy:
            self._lock.lend()  # another workspace on this database has channels of its own
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


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass over the outbox did: messages by outcome, and what went wrong by channel."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()  # channels that alerts wait for and firstseen.toml does not have
    is_done: bool = True  # False: a receiver was still being waited for when the time was over
    another_delivers: bool = False
    error: str = ""  # why nothing could be sent at all

    @property
    def is_well(self) -> bool:
        """Whether everything that was tried arrived."""
        return self.is_done and not self.error and not set(self.outcomes) - {"delivered"}


def deliver_due(options: Options, *, within: float = MOST_SECONDS) -> Pass:
    """Send what is due, once, in at most so many seconds. A fault of ours is told, not raised."""
    try:
        with explained(options.database_url):
            deliveries = Deliveries(options)
            try:
                is_ours = deliveries.start_due()
            finally:
                done = deliveries.close(within=within)
    except (OperatorError, OSError) as error:
        return Pass(error=str(error))
    if not is_ours:
        return Pass(another_delivers=True)
    deliverer = deliveries.deliverer
    return Pass(
        dict(deliverer.tally.counts), dict(deliverer.troubles), deliverer.unknown, is_done=done
    )


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
