"""How long work waits for a database that is away: a minute, for reads and writes alike."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from pipelines.storage.faults import is_passing, told_in_one_line

logger = logging.getLogger(__name__)

_SECONDS = 60.0  # a restarting PostgreSQL is back within this
_FIRST_GAP, _LONGEST_GAP = 0.5, 8.0


class Patience:
    """What the readers and the writer of one archive share: an outage is told once, by whoever
    meets it first, and once more when nobody waits any longer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting = 0
        self._free = threading.Lock()

    def wait(self) -> Wait:
        """Return the waiting of one piece of work, that begins now."""
        return Wait(self, self._clock)

    def _begun(self, error: Exception) -> None:
        with self._free:
            self._waiting += 1
            is_first = self._waiting == 1
        if is_first:
            logger.warning(
                "database away, trying again for %.0f s: %s", _SECONDS, told_in_one_line(error)
            )

    def _ended(self, *, is_back: bool) -> None:
        with self._free:
            self._waiting -= 1
            is_last = self._waiting == 0
        if is_last and is_back:
            logger.info("database back")


class Wait:
    """The tries of one piece of work. Used as a context: leaving it well is the answer."""

    def __init__(self, patience: Patience, clock: Callable[[], float]) -> None:
        self._patience, self._clock = patience, clock
        self._give_up_at = clock() + _SECONDS
        self._gap = _FIRST_GAP
        self._is_waiting = False

    def __enter__(self) -> Wait:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._is_waiting:
            self._patience._ended(is_back=kind is None)

    def gap_after(self, error: Exception) -> float | None:
        """Return the seconds until the next try; None when there is none."""
        if not is_passing(error):
            return None
        left = self._give_up_at - self._clock()
        if left <= 0:
            return None
        if not self._is_waiting:
            self._is_waiting = True
            self._patience._begun(error)
        gap, self._gap = min(self._gap, left), min(2 * self._gap, _LONGEST_GAP)
        return gap
