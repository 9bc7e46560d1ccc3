"""Keeps with a section what was learnt of its need for a browser (``render = "auto"``)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.sources import find_section
from pipelines.storage.writer import Work

logger = logging.getLogger(__name__)

_KEY = "rendering"


class DatabaseRenderNotes:
    """Notes that last between runs, in the ``hints`` of the section's row.

    Read once per section and run; ``submit`` queues a write and returns at once. A note that cannot
    be written is learnt again.
    """

    def __init__(self, readers: sessionmaker[Session], submit: Callable[[Work], Future[Any]]):
        self._readers = readers
        self._submit = submit

    def load(self, source: str, section: str) -> dict[str, Any]:
        """Return what was kept of a section, {} where nothing was."""
        with self._readers() as session:
            return dict((find_section(session, source, section).hints or {}).get(_KEY) or {})

    def save(self, source: str, section: str, notes: dict[str, Any]) -> None:
        """Keep the notes of a section; {} forgets them."""

        def write(session: Session) -> None:
            row = find_section(session, source, section)
            hints = {key: value for key, value in (row.hints or {}).items() if key != _KEY}
            row.hints = (hints | {_KEY: notes} if notes else hints) or None

        self._submit(write).add_done_callback(_warn)


def _warn(future: Future[Any]) -> None:
    if error := future.exception():
        logger.warning("rendering note not kept: %s", type(error).__name__)
