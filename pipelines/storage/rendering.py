"""Keeps with a section what was learnt of its need for a browser (``render = "auto"``)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from pipelines.storage.hosts import Read, Submit
from pipelines.storage.sources import find_section

_KEY = "rendering"


class DatabaseRenderNotes:
    """Notes that last between runs, in the ``hints`` of the section's row.

    Read once per section and run. A note that cannot be written is learnt again.
    """

    def __init__(self, read: Read, submit: Submit) -> None:
        self._read = read
        self._submit = submit

    async def load(self, source: str, section: str) -> dict[str, Any]:
        """Return what was kept of a section, {} where nothing was. Raises LedgerError."""
        hints = await self._read(lambda session: find_section(session, source, section).hints)
        return dict((hints or {}).get(_KEY) or {})

    def save(self, source: str, section: str, notes: dict[str, Any]) -> None:
        """Keep the notes of a section; {} forgets them."""

        def write(session: Session) -> None:
            row = find_section(session, source, section)
            hints = {key: value for key, value in (row.hints or {}).items() if key != _KEY}
            row.hints = (hints | {_KEY: notes} if notes else hints) or None

        self._submit(write, "rendering note")
