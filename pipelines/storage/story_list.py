"""Stories newest first, page by page: what the desk opens with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Source, Story
from pipelines.storage.story_members import StoryMember, members_of
from pipelines.who_first import FirstReport, who_was_first


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories are wanted; empty: all.

    ``sources`` are slugs, ``language`` is that of the sources. Times bound when the story was
    first seen. Stories of nothing but baseline articles were there before we looked, and are left
    out unless ``with_baseline``.
    """

    sources: tuple[str, ...] = ()
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    with_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A story's place in the list; the next page begins after it."""

    first_seen_at: datetime
    story_id: int


@dataclass(frozen=True)
class StoryLine:
    """One story with its articles, the first seen first, and the answer to who had it first."""

    story_id: int
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    pinned: bool
    members: tuple[StoryMember, ...]

    @cached_property
    def who_first(self) -> FirstReport:
        """Who had it first, with the doubt that is left."""
        return who_was_first(member.sighting for member in self.members)

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.first_seen_at, self.story_id)

    @cached_property
    def copies(self) -> tuple[StoryMember, ...]:
        """The articles that bring an earlier one's text."""
        return tuple(member for member in self.members if member.is_copy)

    @property
    def edits(self) -> int:
        """How many later wordings its articles have."""
        return sum(member.edits for member in self.members)

    @property
    def corrections(self) -> int:
        """How many of them announce a correction."""
        return sum(member.corrections for member in self.members)


def list_stories(
    session: Session, wanted: StoryFilter, *, after: Place | None = None, limit: int = 30
) -> tuple[list[StoryLine], bool]:
    """Return a page of stories, newest first, and whether there are more."""
    rows = session.scalars(_statement(wanted, after).limit(limit + 1)).all()
    shown = rows[:limit]
    members = members_of(session, [story.id for story in shown], whole=False)
    return [story_line(story, members[story.id]) for story in shown], len(rows) > limit


def story_line(story: Story, members: Sequence[StoryMember]) -> StoryLine:
    """Return a story's row with its articles."""
    return StoryLine(
        story_id=story.id,
        title=story.title,
        first_seen_at=story.first_seen_at,
        last_seen_at=story.last_seen_at,
        pinned=story.pinned,
        members=tuple(members),
    )


def _statement(wanted: StoryFilter, after: Place | None) -> Select[Story]:
    query = select(Story).where(Story.merged_into_id.is_(None))
    if after is not None:
        query = query.where(
            or_(
                Story.first_seen_at < after.first_seen_at,
                and_(Story.first_seen_at == after.first_seen_at, Story.id < after.story_id),
            ),
            Story.first_seen_at <= after.first_seen_at,  # what the index is entered by
        )
    if wanted.since is not None:
        query = query.where(Story.first_seen_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Story.first_seen_at < wanted.until)
    has_article = exists().where(Article.story_id == Story.id)
    if not wanted.with_baseline:
        has_article = has_article.where(Article.baseline.is_(False))
    if wanted.sources or wanted.language:
        has_article = has_article.where(Article.source_id.in_(_source_ids(wanted)))
    query = query.where(has_article)
    return query.order_by(Story.first_seen_at.desc(), Story.id.desc())


def _source_ids(wanted: StoryFilter) -> Select[int]:
    query = select(Source.id)
    if wanted.sources:
        query = query.where(Source.slug.in_(wanted.sources))
    if wanted.language:
        # en takes en-GB, too (RFC 4647 3.3.1)
        plain = func.lower(Source.language)
        query = query.where(
            or_(plain == wanted.language.lower(), plain.like(f"{wanted.language.lower()}-%"))
        )
    return query


def source_choices(session: Session) -> list[tuple[str, str, str]]:
    """Return slug, name and language of every source, by name."""
    query = select(Source.slug, Source.name, Source.language).order_by(Source.name)
    return [(slug, name, language) for slug, name, language in session.execute(query)]
