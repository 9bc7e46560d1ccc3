"""How many of a source's articles had each field, day by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Text, case, cast, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article

#: A field, and whether it holds a list rather than a value.
FIELDS: tuple[tuple[str, bool], ...] = (
    ("description", False),
    ("byline", False),
    ("date_published", False),
    ("images", True),
    ("keywords", True),
    ("wire_credit", True),
)
_MOST = 1_500  # of the latest articles; a share of more is no other share


@dataclass(frozen=True, slots=True)
class FieldDay:
    """One day: how many articles were first seen, and what share of them had each field."""

    day: date
    articles: int
    shares: dict[str, float]


def field_days(session: Session, source_id: int, *, since: datetime) -> list[FieldDay]:
    """Return the days on which a source brought articles, the oldest first.

    Of a source with more than _MOST articles since then, the latest are taken.
    """
    columns = [
        case((_is_empty_list(name) if is_list else getattr(Article, name).is_(None), 0), else_=1)
        for name, is_list in FIELDS
    ]
    query = (
        select(Article.first_seen_at, *columns)
        .where(Article.source_id == source_id, Article.first_seen_at >= since)
        .order_by(Article.first_seen_at.desc())
        .limit(_MOST)
    )
    articles: Counter[date] = Counter()
    having: Counter[tuple[date, str]] = Counter()
    for seen_at, *flags in session.execute(query):
        day = seen_at.astimezone(UTC).date()
        articles[day] += 1
        for (name, _), has_it in zip(FIELDS, flags, strict=True):
            having[day, name] += has_it
    return [
        FieldDay(day, count, {name: having[day, name] / count for name, _ in FIELDS})
        for day, count in sorted(articles.items())
    ]


def _is_empty_list(name: str) -> ColumnElement[bool]:
    # As text an empty JSON list is the same on both databases.
    return cast(getattr(Article, name), Text).in_(("[]", "null"))
