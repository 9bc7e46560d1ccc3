"""Notices when the system's clock is set, so that the schedule neither storms nor falls silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

#: Smaller steps are NTP's ordinary corrections.
TOLERANCE = timedelta(seconds=30)


class ClockWatch:
    """Compares the time of day with a clock that only runs forward.

    ``wall`` returns aware UTC; ``monotonic`` seconds from any start.
    """

    def __init__(self, wall: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._mark()

    def _mark(self) -> None:
        self._wall_mark, self._monotonic_mark = self._wall(), self._monotonic()

    def jump(self) -> timedelta | None:
        """Return by how much the clock was set since the last call; None when it was not.

        Negative: it was set back. A laptop that slept looks like a clock set forward, and needs
        the same answer.
        """
        elapsed = timedelta(seconds=self._monotonic() - self._monotonic_mark)
        drift = (self._wall() - self._wall_mark) - elapsed
        self._mark()
        return drift if abs(drift) > TOLERANCE else None
