"""What every page and every API answer needs: the database, the clock, the watches' folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk an analyst sits at.

    ``sessions`` opens read-only sessions. ``writing`` opens writing ones; None: editing is
    switched off. ``watches_folder`` is where watch files are read, and saved when editing.
    """

    sessions: Callable[[], Session]
    clock: Callable[[], datetime] = _now
    watches_folder: Path | None = None
    writing: Callable[[], Session] | None = None
