"""Tells when it is our own network that is down, and when it is back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipelines.looks import SectionLook

#: How a look ends when no packet gets through: also when one site is down, but not when many are.
NO_CONNECTION = frozenset({"dns", "network", "refused", "timeout", "proxy-failed"})
SOURCES_IN_A_ROW = 5  # of different publishers, and none that answered in between


class OwnOutage:
    """Remembers which publishers could not be reached since one of them last answered."""

    def __init__(self) -> None:
        self._unreached: set[str] = set()
        self._since: datetime | None = None

    def saw(self, looks: Iterable[SectionLook]) -> datetime | None:
        """Take note of looks; return since when nothing was reached, once something is again."""
        over: datetime | None = None
        for look in sorted(looks, key=lambda look: look.arrived_at):
            if look.outcome in NO_CONNECTION:
                self._since = self._since or look.started_at
                self._unreached.add(look.source)
            elif look.outcome != "stopped":
                if len(self._unreached) >= SOURCES_IN_A_ROW:
                    over = over or self._since
                self._unreached, self._since = set(), None
        return over
