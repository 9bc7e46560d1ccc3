"""What the database knows about how each section is doing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from pipelines.storage.models import Article, Section, Source, Visit

#: Fields whose absence would be noticed: scalar columns, and columns that hold a JSON list.
_SCALARS = (
    "description",
    "byline",
    "dateline",
    "article_section",
    "in_language",
    "date_published",
    "date_modified",
)
_LISTS = ("images", "keywords", "wire_credit")
#: The share of fetched pages that gave an article, told beside the fields.
READABLE = "readable"
#: The share of listed entries that our own filters kept.
KEPT = "kept entries"
DAY, WEEK, MONTH = "day", "week", "month"
_PERIODS = ((DAY, timedelta(days=1)), (WEEK, timedelta(days=7)), (MONTH, timedelta(days=35)))


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """How many of some articles have each field."""

    articles: int = 0
    having: dict[str, int] = field(default_factory=dict)

    def share(self, name: str) -> float:
        """Return the share that has the field, 0 to 1; 0 of no articles."""
        return self.having.get(name, 0) / self.articles if self.articles else 0.0


@dataclass(frozen=True, slots=True)
class LastVisit:
    """How the latest look at a section ended."""

    outcome: str
    http_status: int | None
    detail: str
    started_at: datetime
    id: int = 0


def sections_with_source(session: Session, slugs: Iterable[str] = ()) -> list[tuple[Section, str]]:
    """Return every section, or those of some sources, with its source's slug, in order."""
    query = (
        select(Section, Source.slug)
        .join(Source)
        .options(contains_eager(Section.source))
        .order_by(Source.slug, Section.key)
    )
    if wanted := list(slugs):
        query = query.where(Source.slug.in_(wanted))
    return [(section, slug) for section, slug in session.execute(query)]


#: Sections by id; None: all.
Sections = Collection[int] | None


def _within(sections: Sections) -> ColumnElement[bool]:
    return true() if sections is None else Visit.section_id.in_(sorted(sections))


def last_visits(session: Session, sections: Sections = None) -> dict[int, LastVisit]:
    """Return the latest look at each section, by section id."""
    each = select(func.max(Visit.id)).where(_within(sections))
    latest = each.group_by(Visit.section_id).scalar_subquery()
    return {
        visit.section_id: LastVisit(
            visit.outcome, visit.http_status, visit.detail, visit.started_at, visit.id
        )
        for visit in session.scalars(select(Visit).where(Visit.id.in_(latest)))
    }


def last_looks(session: Session, slugs: Collection[str] = ()) -> dict[tuple[str, str], LastVisit]:
    """Return the latest look at each section of all sources, or of some, by source and section."""
    rows = {row.id: (slug, row.key) for row, slug in sections_with_source(session, slugs)}
    found = last_visits(session, rows.keys() if slugs else None)
    return {rows[number]: last for number, last in found.items()}


def new_links_since(session: Session, since: datetime, sections: Sections = None) -> dict[int, int]:
    """Return how many new addresses each section has listed, first looks left out."""
    query = (
        select(Visit.section_id, func.sum(Visit.new_links))
        .where(Visit.started_at >= since, Visit.baseline.is_(False))
        .group_by(Visit.section_id)
    )
    found = session.execute(query.where(_within(sections)))
    return {section_id: int(count) for section_id, count in found}


def overflows_since(session: Session, since: datetime, sections: Sections = None) -> dict[int, int]:
    """Return at how many looks each section listed nothing that it had listed before."""
    query = (
        select(Visit.section_id, func.count())
        .where(Visit.started_at >= since, Visit.window_overflow)
        .group_by(Visit.section_id)
    )
    return dict(session.execute(query.where(_within(sections))).all())


def first_looks(session: Session, sections: Sections = None) -> dict[int, datetime]:
    """Return when each section was first looked at."""
    query = select(Visit.section_id, func.min(Visit.started_at)).group_by(Visit.section_id)
    return dict(session.execute(query.where(_within(sections))).all())


def last_new_links(
    session: Session, since: datetime, sections: Sections = None
) -> dict[int, datetime]:
    """Return when each section last listed an address it had not listed before."""
    query = (
        select(Visit.section_id, func.max(Visit.arrived_at))
        .where(Visit.new_links > 0, Visit.started_at >= since)
        .group_by(Visit.section_id)
    )
    return dict(session.execute(query.where(_within(sections))).all())


def field_counts(
    session: Session, *, now: datetime, sources: Collection[int] | None = None
) -> dict[tuple[int, str], FieldCounts]:
    """Return how many articles have which field, by section id and period; of ``sources`` by id.

    The periods do not overlap: the last day, the week before it, the four weeks before that.
    """
    counts: dict[tuple[int, str], FieldCounts] = {}
    query = _articles_by_period(now)
    if sources is not None:
        query = query.where(Article.source_id.in_(sorted(sources)))
    for row in session.execute(query):
        section_id, period, articles, *having = row
        names = (*_SCALARS, *_LISTS)
        counts[section_id, period] = FieldCounts(
            articles, {n: int(c) for n, c in zip(names, having, strict=True)}
        )
    return counts


def page_counts(
    session: Session, *, now: datetime, sections: Sections = None
) -> dict[tuple[int, str], FieldCounts]:
    """Return how many fetched pages gave an article (READABLE), by section id and period."""
    query = _pages_by_period(now).where(_within(sections))
    return {
        (section_id, period): FieldCounts(int(stored + without), {READABLE: int(stored)})
        for section_id, period, stored, without in session.execute(query)
    }


def kept_counts(
    session: Session, *, now: datetime, sections: Sections = None
) -> dict[tuple[int, str], FieldCounts]:
    """Return how many listed entries our filters kept (KEPT), by section id and period."""
    period = _period(Visit.started_at, now)
    query = (
        select(Visit.section_id, period, func.sum(Visit.entries), func.sum(Visit.links))
        .where(Visit.started_at >= now - _PERIODS[-1][1], Visit.entries > 0, _within(sections))
        .group_by(Visit.section_id, period)
    )
    return {
        (section_id, period): FieldCounts(int(entries or 0), {KEPT: int(links or 0)})
        for section_id, period, entries, links in session.execute(query)
    }


def _articles_by_period(now: datetime) -> Select[*tuple[Any, ...]]:
    period = _period(Article.first_seen_at, now)
    having: list[ColumnElement[int]] = [func.count(getattr(Article, name)) for name in _SCALARS] + [
        _filled_lists(name) for name in _LISTS
    ]
    return (
        select(Article.section_id, period, func.count(), *having)
        .where(Article.first_seen_at >= now - _PERIODS[-1][1], Article.section_id.is_not(None))
        .group_by(Article.section_id, period)
    )


def _filled_lists(name: str) -> ColumnElement[int]:
    # As text an empty JSON list is the same on both databases.
    text = cast(getattr(Article, name), Text)
    return func.sum(case((text.notin_(("[]", "null")), 1), else_=0))


def _pages_by_period(now: datetime) -> Select[*tuple[Any, ...]]:
    period = _period(Visit.started_at, now)
    return (
        select(
            Visit.section_id,
            period,
            func.sum(Visit.articles_stored),
            func.sum(Visit.pages_without_article),
        )
        .where(Visit.started_at >= now - _PERIODS[-1][1])
        .group_by(Visit.section_id, period)
    )


def _period(column: InstrumentedAttribute[datetime], now: datetime) -> ColumnElement[str]:
    return case(*((column >= now - length, name) for name, length in _PERIODS), else_=MONTH)
