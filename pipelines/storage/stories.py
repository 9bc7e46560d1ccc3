"""Queries on stories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.operator_error import UsageError
from pipelines.storage.groups import living
from pipelines.storage.models import Article, Revision, Source, Story
from pipelines.who_first import FirstReport, Sighting, who_was_first


@dataclass(frozen=True, slots=True)
class StoryReport:
    """One story with the answer to who had it first. Counts are of articles and revisions."""

    story_id: int
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    articles: int
    copies: int
    revisions: int
    who_first: FirstReport


def find_stories(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    sources: Collection[str] = (),
    with_baseline: bool = False,
    limit: int = 50,
) -> list[StoryReport]:
    """Return stories that an article joined between ``since`` and ``until``, newest first.

    Stories of nothing but baseline articles are left out unless ``with_baseline``: they were there
    before we looked.
    """
    query = select(Article.story_id).join(Source).where(Article.story_id.is_not(None))
    if since is not None:
        query = query.where(Article.first_seen_at >= since)
    if until is not None:
        query = query.where(Article.first_seen_at < until)
    if sources:
        query = query.where(Source.slug.in_(list(sources)))
    if not with_baseline:
        query = query.where(Article.baseline.is_(False))
    query = query.group_by(Article.story_id).order_by(func.max(Article.first_seen_at).desc())
    ids = [story_id for story_id in session.scalars(query.limit(limit)) if story_id is not None]
    reports = _reports(session, ids)
    return [reports[story_id] for story_id in ids]


def find_story(session: Session, story_id: int) -> StoryReport:
    """Return one story, also by the number of a story that was merged into it.

    Raises UsageError when there is none.
    """
    story = _living(session, story_id)
    return _reports(session, [story.id])[story.id]


def _reports(session: Session, ids: Sequence[int]) -> dict[int, StoryReport]:
    articles: dict[int, list[tuple[Article, Source]]] = {story_id: [] for story_id in ids}
    query = select(Article, Source).join(Source).where(Article.story_id.in_(ids))
    for article, source in session.execute(query):
        articles[article.story_id or 0].append((article, source))
    stories = {s.id: s for s in session.scalars(select(Story).where(Story.id.in_(ids)))}
    revised = _revised(session, ids)
    return {
        story_id: StoryReport(
            story_id=story_id,
            title=stories[story_id].title,
            first_seen_at=stories[story_id].first_seen_at,
            last_seen_at=stories[story_id].last_seen_at,
            articles=len(found),
            copies=sum(a.copy_kind == "copy" for a, _ in found),
            revisions=revised.get(story_id, 0),
            who_first=who_was_first(sighting(a, s) for a, s in found),
        )
        for story_id, found in articles.items()
    }


def _revised(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Article.story_id, func.count())
        .join(Revision, Revision.article_id == Article.id)
        .where(Article.story_id.in_(ids), Revision.number > 1)
        .group_by(Article.story_id)
    )
    return {story_id: count for story_id, count in session.execute(query) if story_id}


def sighting(article: Article, source: Source) -> Sighting:
    """Return a stored article as a sighting of its story."""
    return Sighting(
        source=source.slug,
        family=source.family,
        article_id=article.id,
        headline=article.headline,
        url=article.url,
        first_seen_at=article.first_seen_at,
        not_seen_at=article.not_seen_at,
        baseline=article.baseline,
        claimed_at=article.date_published,
        credits=tuple(article.wire_credit),
        copy_group=article.copy_group_id,
    )


def _living(session: Session, story_id: int) -> Story:
    story = living(session, Story, story_id)
    if story is None:
        raise UsageError(f"there is no story {story_id}; `firstseen stories` shows them")
    return story
