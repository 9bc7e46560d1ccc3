"""Reads the changes in the order in which they became visible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.storage.change_models import Change


def changes_after(
    session: Session,
    number: int,
    *,
    upto: int | None = None,
    kinds: Sequence[str] = (),
    limit: int,
) -> list[Change]:
    """Return the changes that follow number ``number``, in order; ``kinds`` empty: all.

    Whoever asks again with the last number returned misses nothing, whoever writes meanwhile.
    ``upto``: none beyond it; needed with several kinds, which are read one after the other.
    """
    query = select(Change).where(Change.id > number).order_by(Change.id).limit(limit)
    if upto is not None:
        query = query.where(Change.id <= upto)
    if not kinds:
        return list(session.scalars(query))
    # Each kind by its own index: a database would sort all that follow, or read all others, too.
    found = [
        change
        for kind in set(kinds)
        for change in session.scalars(query.where(Change.kind == kind))
    ]
    return sorted(found, key=lambda change: change.id)[:limit]


def newest_change(session: Session) -> int:
    """Return the number of the newest change, 0 when there is none."""
    return session.scalar(select(func.max(Change.id))) or 0


def time_of_change(session: Session, number: int) -> datetime | None:
    """Return when a change was written; None when there is no change of this number."""
    return session.scalar(select(Change.at).where(Change.id == number))
