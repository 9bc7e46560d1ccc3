"""One thread that does all writing, grouping what waits into one transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.commits import Transaction
from pipelines.storage.faults import is_fatal
from pipelines.storage.patience import Patience

MOST_TOGETHER = 50  # measured: more gain little and make one failure cost more repeats

Work = Callable[[Session], Any]


class Writer:
    """Runs functions of a session one after the other in a thread of its own.

    Work that waits is committed together, each piece in its own savepoint, so that one piece's
    failure hurts no other. A lost connection is tried again for a minute; every piece must
    therefore be safe to run twice, when the first run was not committed. Whether it was is asked of
    the database, when the answer to a commit was lost.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        *,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._sleep = sleep
        self._patience = patience or Patience(clock)
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
        try:
            outcomes = self._patiently([work for work, _ in batch])
        except Exception as error:
            outcomes = [error] * len(batch)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _patiently(self, batch: list[Work]) -> list[Any]:
        before: Transaction | None = None
        with self._patience.wait() as wait:
            while True:
                try:
                    if before is not None and before.is_committed(self._sessions):
                        return before.outcomes
                    before = transaction = Transaction()
                    return self._in_one_transaction(batch, transaction)
                except Exception as error:
                    gap = wait.gap_after(error)
                    if gap is None:
                        raise
                    self._sleep(gap)

    def _in_one_transaction(self, batch: list[Work], transaction: Transaction) -> list[Any]:
        outcomes = transaction.outcomes
        with self._sessions.begin() as session:
            transaction.begun(session)
            for work in batch:
                try:
                    with session.begin_nested():
                        outcomes.append(work(session))
                except Exception as error:
                    if is_fatal(error):
                        raise
                    outcomes.append(error)
        return outcomes
