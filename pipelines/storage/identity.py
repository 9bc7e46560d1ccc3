"""Which archive a database holds: a number made with it, kept in it and beside it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from pipelines.storage.memory_models import ScheduleState

_KEY = "archive"


def archive_id(session: Session) -> str | None:
    """Return the archive's number; None in a database of an earlier release."""
    row = session.get(ScheduleState, _KEY)
    return str(row.value["id"]) if row else None


def keep_archive_id(session: Session, number: str) -> None:
    """Give the archive its number."""
    row = ScheduleState(key=_KEY, value={"id": number}, updated_at=datetime.now(UTC))
    session.merge(row)
