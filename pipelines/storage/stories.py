"""Queries on stories, and what an analyst may change about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipelines.operator_error import UsageError
from pipelines.storage.alerts import part_alerts
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


def living_story(session: Session, story_id: int) -> Story | None:
    """Return a story, or the one that it has become part of; None when there is none."""
    story = session.get(Story, story_id)
    passed = {story_id}
    while story is not None and story.merged_into_id is not None:
        if story.merged_into_id in passed:
            return story  # a circle, which no program of ours makes
        passed.add(story.merged_into_id)
        story = session.get(Story, story.merged_into_id)
    return story


def merge_rows(session: Session, gone_id: int, into: Story) -> None:
    """Make all articles of one story another's; the row stays and says where they went."""
    gone = living_story(session, gone_id)
    if gone is None or gone is into:
        return
    session.execute(update(Article).where(Article.story_id == gone.id).values(story_id=into.id))
    gone.merged_into_id = into.id
    widen_story(into, gone.first_seen_at)
    widen_story(into, gone.last_seen_at)
    into.pinned = into.pinned or gone.pinned


def widen_story(story: Story, at: datetime) -> None:
    """Let a story's times include one more."""
    story.first_seen_at = min(story.first_seen_at, at)
    story.last_seen_at = max(story.last_seen_at, at)


def _living(session: Session, story_id: int) -> Story:
    story = living_story(session, story_id)
    if story is None:
        raise UsageError(f"there is no story {story_id}; `firstseen stories` shows them")
    return story


# ---- what an analyst may change; the row is pinned, so that it is not merged by itself again


def rename_story(session: Session, story_id: int, title: str, *, at: datetime) -> None:
    """Give a story another title. Raises UsageError when there is none."""
    story = _living(session, story_id)
    story.title = title
    _shape(story, at)


def _shape(story: Story, at: datetime) -> None:
    story.pinned, story.shaped_at = True, at


def merge_stories(session: Session, story_id: int, *, into: int, at: datetime) -> None:
    """Make two stories one. Raises UsageError when one is missing, or both are the same."""
    gone, kept = _living(session, story_id), _living(session, into)
    if gone is kept:
        raise UsageError(f"{story_id} and {into} are the same story already")
    session.execute(update(Article).where(Article.story_id == gone.id).values(story_id=kept.id))
    gone.merged_into_id = kept.id
    _shape(kept, at)
    refit(session, kept)


def split_story(
    session: Session, story_id: int, article_ids: Iterable[int], *, at: datetime
) -> int:
    """Move articles of a story into a new one and return its number; what was told goes along.

    Raises UsageError for an article that is not in the story, or when none would be left.
    """
    story, wanted = _living(session, story_id), set(article_ids)
    members = list(session.scalars(select(Article).where(Article.story_id == story.id)))
    moving = [article for article in members if article.id in wanted]
    if missing := sorted(wanted - {article.id for article in moving}):
        raise UsageError(f"not in story {story_id}: {', '.join(map(str, missing))}")
    if not moving or len(moving) == len(members):
        raise UsageError(f"a split must leave articles on both sides of story {story_id}")
    first = min(moving, key=lambda article: (article.first_seen_at, article.id))
    new = Story(title=first.headline, first_seen_at=first.first_seen_at)
    new.last_seen_at = first.first_seen_at
    _shape(new, at)
    session.add(new)
    session.flush()
    for article in moving:
        article.story_id = new.id
    part_alerts(session, story.id, new.id, {article.id for article in moving}, at=at)
    _shape(story, at)
    session.flush()
    refit(session, story)
    refit(session, new)
    return new.id


def refit(session: Session, story: Story) -> None:
    """Set a story's times by its articles."""
    query = select(func.min(Article.first_seen_at), func.max(Article.first_seen_at))
    first, last = session.execute(query.where(Article.story_id == story.id)).one()
    story.first_seen_at, story.last_seen_at = first or story.first_seen_at, last or first
