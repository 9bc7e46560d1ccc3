"""Which alerts have told of a story, also before an analyst took it apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.alerts import (
    article_facts,
    count_publishers,
    section_key,
    sightings_of,
)
from pipelines.storage.groups import alerts_within, all_within
from pipelines.storage.models import Article, Source, Story
from pipelines.storage.watch_models import Alert, ToldBeforeSplit
from pipelines.watch_set import WatchSet

_MOST_ARTICLES = 50  # of one story, asked whether they were what an alert told of


def alerts_told(
    session: Session, article: Article, watches: WatchSet, *, is_new: bool = False
) -> list[Alert]:
    """Return what was raised for an article's story, oldest first.

    An alert goes with the article it was raised for. It has also told of the other side of a split,
    where that side has an article that answers the watch and was in the story then; one that
    ``is_new`` was not.
    """
    assert article.story_id is not None
    stories = all_within(session, Story, article.story_id)
    shared = session.execute(
        select(Alert, ToldBeforeSplit.split_at)
        .join(ToldBeforeSplit, ToldBeforeSplit.alert_id == Alert.id)
        .where(ToldBeforeSplit.story_id.in_(stories))
    ).all()
    alerts = {alert.id: alert for alert in alerts_within(session, Story, stories)}
    if shared:
        but_not = article.id if is_new else None
        answered = _answered(session, article.story_id, watches, but_not=but_not)
        for alert, split_at in shared:
            if any(at <= split_at and alert.watch.slug in slugs for at, slugs in answered):
                alerts[alert.id] = alert
    return [alerts[number] for number in sorted(alerts)]


def _answered(
    session: Session, story_id: int, watches: WatchSet, *, but_not: int | None
) -> list[tuple[datetime, set[str]]]:
    """Return when each article of a story was first seen, and the watches it answers."""
    query = (
        select(Article, Source)
        .join(Source, Source.id == Article.source_id)
        .where(Article.story_id == story_id)
        .order_by(Article.id)
        .limit(_MOST_ARTICLES)
    )
    context = {"publishers": count_publishers(sightings_of(session, story_id))}
    return [
        (
            other.first_seen_at,
            watches.matching(article_facts(other, source), context, section_key(session, other)),
        )
        for other, source in session.execute(query)
        if other.id != but_not
    ]
