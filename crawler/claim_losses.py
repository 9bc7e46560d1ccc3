"""Judges whether the dates that a source's articles claim keep its news silent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.lost_pages import SourceLoss
from pipelines.claims import OLDEST_ALERTED
from pipelines.storage.claims import DatedNews, dated_news
from pipelines.storage.models import Source

_LOOKED_BACK = timedelta(days=7)
_FEWEST = 3  # of two, both may be from the archive
_SHOW = "`firstseen alerts list --silent` shows them"


def read_claim_losses(
    session: Session,
    *,
    now: datetime,
    slugs: Collection[str] = (),
    oldest: timedelta = OLDEST_ALERTED,
) -> list[SourceLoss]:
    """Return what the last week's claimed dates silenced, of all sources or of some, by slug."""
    query = select(Source.id, Source.slug).order_by(Source.slug)
    if slugs:
        query = query.where(Source.slug.in_(list(slugs)))
    return [
        loss
        for source_id, slug in session.execute(query).all()
        if (
            loss := judge_claims(
                slug, dated_news(session, source_id, since=now - _LOOKED_BACK, oldest=oldest)
            )
        )
    ]


def judge_claims(source: str, news: DatedNews) -> SourceLoss | None:
    """Return what its dates did to a source's latest new articles.

    Ill is a source of which nothing can alert; what is silent beside news, or told although its
    date is impossible, is not.
    """
    if len(news.silenced) == news.new >= _FEWEST:
        told = f"no article of this source can alert: all claim {_days(news.silenced)}; {_SHOW}"
        return SourceLoss(source, told, is_ill=True)
    parts = []
    if news.silenced:
        parts.append(
            f"{len(news.silenced)} of {news.new} new articles are not told because they claim "
            f"{_days(news.silenced)}; {_SHOW}"
        )
    if news.doubted:
        parts.append(
            f"{len(news.doubted)} of {news.new} new articles claim {_days(news.doubted)}, which "
            "does not count"
        )
    return SourceLoss(source, "; ".join(parts), is_ill=False) if parts else None


def _days(days: Sequence[date]) -> str:
    """Return the claimed days as briefly as they can be told: a day, a year, from one to one."""
    first, last = min(days), max(days)
    if first == last:
        return first.isoformat()
    return f"{first.year}" if first.year == last.year else f"{first.year} to {last.year}"
