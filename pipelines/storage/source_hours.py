"""When a source brings news: new addresses by weekday and hour of its looks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Section, Source, Visit

#: Rows are weekdays, Monday first; columns are the 24 hours of UTC.
WeekHours = tuple[tuple[int, ...], ...]


def new_by_week_hour(
    session: Session, source_id: int, *, since: datetime, until: datetime
) -> WeekHours:
    """Return how many new addresses a source listed in each hour of the week, first looks left out.

    An hour is that of the look, so an address of an hour in which nobody looked counts later.
    """
    day, hour = extract("dow", Visit.arrived_at), extract("hour", Visit.arrived_at)
    query = (
        select(day, hour, func.sum(Visit.new_links))
        .join(Section, Section.id == Visit.section_id)
        .where(
            Section.source_id == source_id,
            Visit.started_at >= since,
            Visit.started_at < until,
            Visit.baseline.is_(False),
        )
        .group_by(day, hour)
    )
    counts = [[0] * 24 for _ in range(7)]
    for weekday, at, count in session.execute(query):
        counts[(int(weekday) + 6) % 7][int(at)] = int(count or 0)  # SQL counts from Sunday
    return tuple(tuple(row) for row in counts)


def sections_of(session: Session, source_id: int) -> list[Section]:
    """Return the sections of a source by key."""
    query = select(Section).where(Section.source_id == source_id).order_by(Section.key)
    return list(session.scalars(query))


def latest_articles(
    session: Session, source_id: int, *, limit: int
) -> list[tuple[int, str, datetime, int | None]]:
    """Return id, headline, first_seen_at and story of a source's latest articles."""
    query = (
        select(Article.id, Article.headline, Article.first_seen_at, Article.story_id)
        .where(Article.source_id == source_id)
        .order_by(Article.first_seen_at.desc(), Article.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def sources_after(session: Session, after: str, *, limit: int) -> list[tuple[str, str]]:
    """Return slug and name of the sources that follow a slug, in order; "" begins."""
    query = select(Source.slug, Source.name).where(Source.slug > after)
    rows = session.execute(query.order_by(Source.slug).limit(limit))
    return [(slug, name) for slug, name in rows]


def count_sources(session: Session) -> int:
    """Return how many sources there are."""
    return session.scalar(select(func.count()).select_from(Source)) or 0
