"""What a source's articles claimed of late, beside the moments at which they were seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.claims import Claim, doubt_of
from pipelines.storage.models import Article, Section

_LATEST = 50  # enough to tell a habit by


def claim_of(article: Article | Any) -> Claim:
    """Return what an article claims; also of a row that has the columns of CLAIMED."""
    return Claim(
        at=article.date_published,
        is_day=article.date_published_precision == "day",
        seen_at=article.first_seen_at,
        # What a section's first look found was there before, whatever the column says.
        not_seen_at=article.not_seen_at if article.arrival == "new" else None,
        section_id=article.section_id,
    )


CLAIMED = (
    *(Article.date_published, Article.date_published_precision, Article.section_id),
    *(Article.first_seen_at, Article.not_seen_at, Article.arrival),
)


def latest_claims(session: Session, article: Article) -> list[Claim]:
    """Return the claims of the latest articles of the same source that were stored before this one.

    What came later, be it of the same look, was no reason yet when this one was judged.
    """
    query = (
        select(*CLAIMED)
        .where(
            Article.source_id == article.source_id,
            Article.first_seen_at <= article.first_seen_at,
            Article.id < article.id,
        )
        .order_by(Article.first_seen_at.desc())
        .limit(_LATEST)
    )
    return [claim_of(row) for row in session.execute(query)]


def is_of_feed(session: Session, article: Article) -> bool:
    """Whether a feed listed an article first."""
    if article.section_id is None:
        return False
    kind = session.scalar(select(Section.kind).where(Section.id == article.section_id))
    return kind == "feed"


@dataclass(frozen=True, slots=True)
class DatedNews:
    """A source's latest new articles, by whether the date they claim kept them silent.

    ``silenced`` and ``doubted`` (their dates did not count) are the claimed days.
    """

    new: int
    silenced: tuple[date, ...]
    doubted: tuple[date, ...]


def dated_news(
    session: Session, source_id: int, *, since: datetime, oldest: timedelta
) -> DatedNews:
    """Return what the claims of a source's latest new articles, some fifty, did to them."""
    query = (
        select(*CLAIMED, Section.kind)
        .outerjoin(Section, Section.id == Article.section_id)
        .where(Article.source_id == source_id)
        .order_by(Article.first_seen_at.desc())
        .limit(2 * _LATEST)
    )
    rows = session.execute(query).all()
    claims = [claim_of(row) for row in rows]
    new, silenced, doubted = 0, list[date](), list[date]()
    for place, row in enumerate(rows[:_LATEST]):
        if row.arrival != "new" or row.first_seen_at < since:
            continue
        new, claim = new + 1, claims[place]
        if claim.at is None or not claim.is_old(oldest):
            continue
        others = claims[place + 1 : place + 1 + _LATEST]
        doubt = doubt_of(claim, others, in_feed=row.kind == "feed")
        (doubted if doubt else silenced).append(claim.at.date())
    return DatedNews(new, tuple(silenced), tuple(doubted))
