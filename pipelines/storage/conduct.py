"""Keeps and finds what hosts got from us, hour by hour."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Insert, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipelines.lane_hours import LaneHour
from pipelines.storage.conduct_models import ConductHour
from pipelines.storage.memory_models import HoldOff, RobotsTxt
from pipelines.storage.models import Section, Source

_ADDED = (
    "requests",
    "conditional",
    "not_modified",
    "pushed_back",
    "received_bytes",
    "robots_disallowed",
    "robots_unreachable",
    "held_off",
)
# Two clocks, or one that was set back: a gap this far below nothing tells nothing.
_CLOCK_TROUBLE_SECONDS = 120.0


def record_conduct(session: Session, hours: Iterable[LaneHour]) -> None:
    """Add counts to those already kept."""
    rows = [_row(session, hour) for hour in hours]
    if rows:
        session.execute(_adding(session), rows)


def _row(session: Session, hour: LaneHour) -> dict[str, object]:
    return {
        "lane": hour.lane,
        "hour_at": hour.hour_at,
        "purpose": hour.purpose,
        "smallest_gap_seconds": _smallest_gap(session, hour),
        "last_at": hour.last_at,
        **{name: getattr(hour, name) for name in _ADDED},
    }


def _smallest_gap(session: Session, hour: LaneHour) -> float | None:
    """Return the smallest gap, the one since an earlier run included."""
    gap = hour.smallest_gap_seconds
    if hour.unmeasured_at is None:
        return gap
    query = select(func.max(ConductHour.last_at)).where(ConductHour.lane == hour.lane)
    before = session.scalar(query)
    if before is None:
        return gap
    since = (hour.unmeasured_at - before).total_seconds()
    if since < -_CLOCK_TROUBLE_SECONDS:
        return gap
    return max(since, 0.0) if gap is None else min(gap, max(since, 0.0))


def _adding(session: Session) -> Insert:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(ConductHour)
    new, old = insert.excluded, ConductHour
    # LEAST and MIN differ between the databases, also in what they make of NULL.
    is_smaller = or_(
        old.smallest_gap_seconds.is_(None), new.smallest_gap_seconds < old.smallest_gap_seconds
    )
    is_later = or_(old.last_at.is_(None), new.last_at > old.last_at)
    adding: Insert = insert.on_conflict_do_update(
        index_elements=["lane", "hour_at", "purpose"],
        set_={
            **{name: getattr(old, name) + getattr(new, name) for name in _ADDED},
            "smallest_gap_seconds": case(
                (is_smaller, new.smallest_gap_seconds), else_=old.smallest_gap_seconds
            ),
            "last_at": case((is_later, new.last_at), else_=old.last_at),
        },
    )
    return adding


def conduct_hours(
    session: Session, lanes: Collection[str], *, since: datetime
) -> list[ConductHour]:
    """Return the hours of these lanes that began at ``since`` or later, in order."""
    query = (
        select(ConductHour)
        .where(ConductHour.lane.in_(list(lanes)), ConductHour.hour_at >= since)
        .order_by(ConductHour.hour_at, ConductHour.lane, ConductHour.purpose)
    )
    return list(session.scalars(query))


def known_lanes(session: Session) -> list[str]:
    """Return every lane that ever got a request."""
    return list(session.scalars(select(ConductHour.lane).distinct()))


def lanes_by_source(session: Session) -> dict[str, set[str]]:
    """Return the lanes of each source's sections, by slug."""
    lanes: dict[str, set[str]] = {}
    for slug, lane in session.execute(select(Source.slug, Section.lane).join(Section)):
        lanes.setdefault(slug, set()).add(lane)
    return lanes


def kept_robots(session: Session) -> list[RobotsTxt]:
    """Return the last readable robots.txt of every origin."""
    return list(session.scalars(select(RobotsTxt).order_by(RobotsTxt.origin)))


def hold_offs(session: Session, lanes: Collection[str], *, now: datetime) -> dict[str, datetime]:
    """Return until when hosts asked to be left alone, where that still counts."""
    query = select(HoldOff).where(HoldOff.lane.in_(list(lanes)), HoldOff.held_until > now)
    return {row.lane: row.held_until for row in session.scalars(query)}


def prune_conduct(session: Session, *, before: datetime) -> int:
    """Forget the hours before a time; return how many rows that were."""
    rows = session.scalars(select(ConductHour).where(ConductHour.hour_at < before)).all()
    for row in rows:
        session.delete(row)
    return len(rows)
