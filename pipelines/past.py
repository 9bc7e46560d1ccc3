"""What a new watch is told of the days before it, once, when it asks for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipelines.excerpts import excerpts_of
from pipelines.newness import is_older_than
from pipelines.outbox_rows import deliveries_for
from pipelines.storage.alerts import (
    article_facts,
    count_publishers,
    save_watch,
    section_key,
    sightings_of,
)
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, iter_found
from pipelines.storage.watch_models import Alert, Watch
from pipelines.told_stories import alerts_told
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import WatchSet, fits

RULE = "was in the archive before the watch"


@dataclass(frozen=True, slots=True)
class PastStory:
    """A story of the past, and its first article that matched."""

    story_id: int
    article_id: int
    seen_at: datetime


def find_past(session: Session, watch: WatchDefinition, *, since: datetime) -> list[PastStory]:
    """Return the stories since then for which a watch holds, oldest first.

    Also articles of a section's first look, which are no news when they are found, but not what
    says of itself that it is older. Where the watch asks for every article, a story is there once
    for each, copies apart.
    """
    query = SearchQuery(since=since, sources=watch.sources, tree=watch.tree)
    every = watch.again.articles
    found: dict[int, PastStory] = {}
    for article, source in iter_found(session, query):
        if article.story_id is None or is_older_than(session, article, since):
            continue
        if every and article.copy_kind == "copy":
            continue
        if fits(watch, source.slug, section_key(session, article)):
            # The newest come first, so the last one kept is the story's first.
            key = article.id if every else article.story_id
            found[key] = PastStory(article.story_id, article.id, article.first_seen_at)
    return sorted(found.values(), key=lambda story: (story.seen_at, story.article_id))


def tell_past(
    session: Session, watch: WatchDefinition, stories: list[PastStory], *, now: datetime
) -> int:
    """Raise one alert per story (or article) not told yet, all for one message; return how many.

    Notes that the watch was told of its past.
    """
    row_id = save_watch(session, watch.slug, watch.name, watch.query, now)
    session.get_one(Watch, row_id).told_past_at = now
    told = 0
    for story in stories:
        article = session.get(Article, story.article_id)
        if article is None or article.story_id is None:
            continue
        of_story = alerts_told(session, article, WatchSet({watch.slug: watch}))
        raised = [alert for alert in of_story if alert.watch_id == row_id]
        if not raised:
            _raise(session, watch, row_id, article, "new", now)
            told += 1
        elif watch.again.articles and all(alert.article_id != article.id for alert in raised):
            _raise(session, watch, row_id, article, f"growth {article.id}", now)
            told += 1
    return told


def _raise(
    session: Session,
    watch: WatchDefinition,
    row_id: int,
    article: Article,
    reason: str,
    now: datetime,
) -> None:
    source = session.get_one(Source, article.source_id)
    assert article.story_id is not None
    alert = Alert(
        watch_id=row_id,
        story_id=article.story_id,
        event_id=article.event_id,
        article_id=article.id,
        reason=reason,
        raised_at=now,
        query=watch.query,
        publishers=count_publishers(sightings_of(session, article.story_id)),
        details={
            "rules": [RULE],
            **excerpts_of(watch.tree, article_facts(article, source), {}),
        },
    )
    session.add(alert)
    session.flush()
    for delivery in deliveries_for(alert, watch, source.slug, now):
        delivery.mode, delivery.key = "digest", None  # forty stories are one message
        session.add(delivery)
    session.flush()


def wants_past(session: Session, watch: WatchDefinition) -> bool:
    """Whether a watch's file asks for the past and it was not told of it yet."""
    if watch.tell_past is None or watch.paused:
        return False
    query = session.query(Watch.told_past_at).filter(Watch.slug == watch.slug)
    return query.scalar() is None
