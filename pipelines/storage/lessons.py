"""Queries on what reading a source's pages has taught."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.looks import SourceLesson
from pipelines.storage.memory_models import SourceReading
from pipelines.storage.models import Source
from pipelines.storage.sources import find_source_id

FaultDays = dict[str, dict[str, int]]


def find_lesson(session: Session, slug: str) -> SourceLesson | None:
    """Return what a source's pages taught so far, None when nothing yet."""
    query = select(SourceReading).join(Source, Source.id == SourceReading.source_id)
    row = session.scalar(query.where(Source.slug == slug))
    if row is None:
        return None
    return SourceLesson(slug, row.memory, row.rules, row.updated_at, row.faults or {})


def fault_days(session: Session, slugs: Collection[str] = ()) -> dict[str, FaultDays]:
    """Return by source what could not be read of its pages (SourceLesson.faults), if anything."""
    query = select(Source.slug, SourceReading.faults).join(
        Source, Source.id == SourceReading.source_id
    )
    if slugs:
        query = query.where(Source.slug.in_(sorted(slugs)))
    return {slug: faults for slug, faults in session.execute(query) if faults}


def save_lesson(session: Session, lesson: SourceLesson) -> None:
    """Keep what a source's pages taught. Raises LookupError for a source never saved."""
    session.merge(
        SourceReading(
            source_id=find_source_id(session, lesson.source),
            memory=lesson.memory,
            rules=lesson.rules,
            faults=lesson.faults,
            updated_at=lesson.at,
        )
    )
