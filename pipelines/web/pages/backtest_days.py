"""What a query would have raised, day by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from pipelines.backtest import Firing, backtest
from pipelines.watch_files import WatchDefinition

MOST_ARTICLES = 2_000  # looked at; a watch that answers more often is no watch
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class BacktestDays:
    """``by_day`` has every day, the oldest first. ``latest`` are the latest firings.

    ``is_cut``: more than MOST_ARTICLES answered, and only the latest of them were looked at.
    """

    since: datetime
    firings: int
    articles: int
    by_day: tuple[tuple[date, int], ...]
    latest: tuple[Firing, ...]
    is_cut: bool

    @property
    def per_day(self) -> float:
        """Alerts on an average day."""
        return self.firings / max(1, len(self.by_day))


def backtest_days(
    session: Session, watch: WatchDefinition, *, now: datetime, days: int
) -> BacktestDays:
    """Return what a watch would have raised in the last ``days`` days, one alert per story."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    found = backtest(session, watch, since=since, most=MOST_ARTICLES)
    counts = Counter(f.article.first_seen_at.astimezone(UTC).date() for f in found)
    articles = sum(1 + firing.more_articles for firing in found)
    every_day = [(since + timedelta(days=day)).date() for day in range(days)]
    return BacktestDays(
        since=since,
        firings=len(found),
        articles=articles,
        by_day=tuple((day, counts[day]) for day in every_day),
        latest=tuple(reversed(found[-_SHOWN:])),
        is_cut=articles >= MOST_ARTICLES,
    )
