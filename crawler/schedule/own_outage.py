"""Tells when it is our own network that is down, and when it is back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipelines.looks import SectionLook
from pipelines.outcome_words import meaning_of

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
            reach = meaning_of(look.outcome).reach
            if reach in ("stuck", "unreached"):  # one site may be down, but not many at once
                self._since = self._since or look.started_at
                self._unreached.add(look.source)
            elif reach == "answered":
                if len(self._unreached) >= SOURCES_IN_A_ROW:
                    over = over or self._since
                self._unreached, self._since = set(), None
        return over
