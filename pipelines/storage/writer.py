"""One thread that does all writing, grouping what waits into one transaction."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.database import reason

logger = logging.getLogger(__name__)

MOST_TOGETHER = 50  # measured: more gain little and make one failure cost more repeats
_PATIENCE_SECONDS = 60.0  # a restarting PostgreSQL is back within this
#: PostgreSQL ended one of two transactions that waited for each other, or could not order them.
_PASSING_STATES = ("40P01", "40001")

Work = Callable[[Session], Any]


class Writer:
    """Runs functions of a session one after the other in a thread of its own.

    Work that waits is committed together, each piece in its own savepoint, so that one piece's
    failure hurts no other. A lost connection is tried again for a minute; every piece must
    therefore be safe to run twice.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._sleep = sleep
        self._clock = clock
        self._waiting: queue.SimpleQueue[tuple[Work, Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="firstseen-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Run ``work(session)`` soon; the future holds its result once it is committed."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        future: Future[Any] = Future()
        self._waiting.put((work, future))
        return future

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch = []
            piece = self._waiting.get()
            while piece is not None:
                batch.append(piece)
                if len(batch) >= MOST_TOGETHER or self._waiting.empty():
                    break
                piece = self._waiting.get()
            is_open = piece is not None
            if batch:
                self._write(batch)

    def _write(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        # A caller that stopped waiting has cancelled its work; once begun, it can no longer.
        batch = [piece for piece in batch if piece[1].set_running_or_notify_cancel()]
        give_up_at = self._clock() + _PATIENCE_SECONDS
        gap = 0.5
        while True:
            try:
                outcomes = self._in_one_transaction(batch)
            except Exception as error:
                if is_passing(error) and self._clock() + gap < give_up_at:
                    logger.warning("database lost, trying again in %.1f s", gap)
                    self._sleep(gap)
                    gap *= 2
                    continue
                outcomes = [error] * len(batch)
            break
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _in_one_transaction(self, batch: list[tuple[Work, Future[Any]]]) -> list[Any]:
        outcomes: list[Any] = []
        with self._sessions.begin() as session:
            for work, _ in batch:
                try:
                    with session.begin_nested():
                        outcomes.append(work(session))
                except DBAPIError as error:
                    if is_fatal(error):
                        raise
                    outcomes.append(error)
                except Exception as error:
                    outcomes.append(error)
        return outcomes


def told_in_one_line(error: Exception) -> str:
    """Return what is wrong with the database: never the statement, which holds article text."""
    return reason(error) if isinstance(error, DBAPIError) else type(error).__name__


def is_passing(error: Exception) -> bool:
    """Whether the same work may succeed a little later: the server went away, or a long lock."""
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in _PASSING_STATES:
        return True
    # Without a statement it was the connection itself that failed; an SQLite file that cannot be
    # opened stays so, but a server that is starting lets us in a little later.
    is_away = error.statement is None and isinstance(error.orig, psycopg.OperationalError)
    return is_away or error.connection_invalidated or "database is locked" in str(error.orig)


def is_fatal(error: Exception) -> bool:
    """Whether an error concerns the database as a whole: lost, full, damaged, unwritable."""
    if not isinstance(error, DBAPIError):
        return False
    signs = ("disk", "full", "malformed", "readonly", "not a database", "unable to open")
    return is_passing(error) or any(sign in str(error.orig) for sign in signs)
