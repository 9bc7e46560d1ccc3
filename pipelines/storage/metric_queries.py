"""What monitoring asks of the database: per source how fresh it is, and what waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Section, Source, Visit
from pipelines.storage.watch_models import Delivery


@dataclass(frozen=True, slots=True)
class SourceFreshness:
    """One source: its last completed look, and since when its longest waiting section is due."""

    last_success_at: datetime | None
    due_since: datetime | None


def freshness_by_source(session: Session) -> dict[str, SourceFreshness]:
    """Return how fresh each source with enabled sections is, by slug."""
    query = (
        select(Source.slug, func.max(Section.last_looked_at), func.min(Section.next_visit_at))
        .join(Section)
        .where(Section.enabled)
        .group_by(Source.slug)
    )
    return {slug: SourceFreshness(success, due) for slug, success, due in session.execute(query)}


def due_sections(session: Session, *, now: datetime) -> int:
    """Return how many sections are due, those never looked at included."""
    is_due = Section.next_visit_at.is_(None) | (Section.next_visit_at <= now)
    query = select(func.count()).select_from(Section).where(Section.enabled, is_due)
    return session.scalar(query) or 0


def failing_sections(session: Session) -> dict[str, int]:
    """Return how many sections failed at their last look, by how that look ended."""
    latest = (
        select(Visit.outcome)
        .where(Visit.section_id == Section.id)
        .order_by(Visit.started_at.desc(), Visit.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(latest).where(Section.enabled, Section.failures > 0)
    return Counter(outcome for outcome in session.scalars(query) if outcome is not None)


def deliveries_by_state(session: Session) -> dict[str, int]:
    """Return how many deliveries of alerts are in each state."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    return {state: count for state, count in session.execute(query)}  # noqa: C416 - rows, not pairs
