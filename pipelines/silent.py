"""Which articles answered a watch and were not told, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.claims import OLDEST_ALERTED
from pipelines.newness import newness_of
from pipelines.storage.alerts import section_key
from pipelines.storage.models import Article, Revision, Source
from pipelines.storage.search import SearchQuery, iter_found
from pipelines.storage.watch_models import Alert, Watch
from pipelines.told_stories import alerts_told
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import WatchSet, fits


@dataclass(frozen=True, slots=True)
class SilentMatch:
    """An article that a watch holds for and that raised nothing.

    ``kind``: baseline, older, late, claim, copy (``pipelines.newness``), told (its story was), or
    watch (it was not there yet, paused, or asked otherwise). ``told`` is the same in words.
    """

    watch: str
    article: Article
    source: Source
    kind: str
    told: str


def silent_matches(
    session: Session,
    watches: Collection[WatchDefinition],
    *,
    since: datetime,
    most: int | None = None,
    oldest: timedelta = OLDEST_ALERTED,
) -> list[SilentMatch]:
    """Return what was not told of the articles seen since then, the newest first.

    Nothing of this is stored: the watches as they are now are put to the archive, as ``backtest``
    does, and each article is judged as of the moment at which it was read.
    """
    each = [_of_watch(session, watch, since, oldest) for watch in watches if not watch.paused]
    newest_first = merge(*each, key=lambda one: one.article.first_seen_at, reverse=True)
    return list(islice(newest_first, most))


def _of_watch(
    session: Session, watch: WatchDefinition, since: datetime, oldest: timedelta
) -> Iterator[SilentMatch]:
    row_id = session.scalar(select(Watch.id).where(Watch.slug == watch.slug))
    query = SearchQuery(since=since, sources=watch.sources, tree=watch.tree)
    for article, source in iter_found(session, query):
        if not fits(watch, source.slug, section_key(session, article)):
            continue
        raised = select(Alert.id).where(Alert.watch_id == row_id, Alert.article_id == article.id)
        if row_id is None or session.scalar(raised.limit(1)) is None:
            kind, told = _reason(session, watch, article, oldest)
            yield SilentMatch(watch.slug, article, source, kind, told)


def _reason(
    session: Session, watch: WatchDefinition, article: Article, oldest: timedelta
) -> tuple[str, str]:
    newness = newness_of(session, article, now=_read_at(session, article), oldest=oldest)
    if newness.silence is not None:
        return newness.silence, newness.told
    if article.story_id is not None:
        watches = WatchSet({watch.slug: watch})
        for alert in alerts_told(session, article, watches, is_new=True):
            if alert.watch.slug == watch.slug and alert.article_id < article.id:
                at = f"{alert.raised_at:%Y-%m-%d %H:%M}"
                return "told", f"its story was told at {at} UTC, alert {alert.id}"
    return "watch", "the watch was not there yet, was paused, or asked otherwise"


def _read_at(session: Session, article: Article) -> datetime:
    first = select(Revision.observed_at).where(
        Revision.article_id == article.id, Revision.number == 1
    )
    return session.scalar(first) or article.fetched_at
