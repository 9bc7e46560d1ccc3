"""What an analyst may change about stories and their events; it stays, and is pinned.

A pinned row grows on, but is never merged by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.operator_error import UsageError
from pipelines.storage.event_models import Event
from pipelines.storage.groups import (
    Group,
    all_within,
    column_of,
    living,
    part_alerts,
    refit,
    shape,
    take_over,
)
from pipelines.storage.models import Article, Story


def rename_story(session: Session, story_id: int, title: str, *, at: datetime) -> None:
    """Give a story another title. Raises UsageError when there is none."""
    _rename(_known(session, Story, story_id), title, at)


def rename_event(session: Session, event_id: int, title: str, *, at: datetime) -> None:
    """Give an event another title. Raises UsageError when there is none."""
    _rename(_known(session, Event, event_id), title, at)


def merge_stories(session: Session, story_id: int, *, into: int, at: datetime) -> None:
    """Make two stories one, with the events of both. Raises UsageError when one is missing."""
    gone, kept = _two(session, Story, story_id, into)
    take_over(session, gone, kept)
    shape(kept, at)
    refit(session, kept)


def merge_events(session: Session, event_id: int, *, into: int, at: datetime) -> None:
    """Make two events of one story one. Raises UsageError when one is missing."""
    gone, kept = _two(session, Event, event_id, into)
    if gone.story_id != kept.story_id:
        raise UsageError(
            f"events {gone.id} and {kept.id} are of stories {gone.story_id} and {kept.story_id}; "
            "merge these first"
        )
    take_over(session, gone, kept)
    shape(kept, at)
    refit(session, kept)


def split_story(
    session: Session, story_id: int, article_ids: Iterable[int], *, at: datetime
) -> int:
    """Move articles of a story into a new one and return its number; what was told goes along.

    Events go along, or are split where articles of both sides are in them. Raises UsageError for
    an article that is not in the story, or when none would be left.
    """
    story = _known(session, Story, story_id)
    moving = _moving(session, story, set(article_ids))
    first = moving[0]
    new = Story(title=first.headline, first_seen_at=first.first_seen_at)
    moved = _part(session, story, new, moving, at=at)
    for event in session.scalars(select(Event).where(Event.story_id == story.id)).all():
        members = list(session.scalars(select(Article).where(Article.event_id == event.id)))
        going = [article for article in members if article.id in moved]
        if members and len(going) == len(members):
            _take_along(session, event, new.id)
        elif going:
            _part(session, event, _event_of(going, new.id), going, at=at)
    return new.id


def split_event(
    session: Session, event_id: int, article_ids: Iterable[int], *, at: datetime
) -> int:
    """Move articles of an event into a new one of its story and return its number.

    Raises UsageError for an article that is not in the event, or when none would be left.
    """
    event = _known(session, Event, event_id)
    moving = _moving(session, event, set(article_ids))
    new = _event_of(moving, event.story_id)
    _part(session, event, new, moving, at=at)
    return new.id


def _known(session: Session, kind: type[Group], number: int) -> Group:
    found = living(session, kind, number)
    if found is None:
        more = "" if kind is Story else " --events"
        raise UsageError(
            f"there is no {_name(kind)} {number}; `firstseen stories{more}` shows them"
        )
    return found


def _name(kind: type[Story] | type[Event]) -> str:
    return "story" if kind is Story else "event"


def _two(session: Session, kind: type[Group], gone_id: int, kept_id: int) -> tuple[Group, Group]:
    gone, kept = _known(session, kind, gone_id), _known(session, kind, kept_id)
    if gone is kept:
        raise UsageError(f"{gone_id} and {kept_id} are the same {_name(kind)} already")
    return gone, kept


def _rename(group: Story | Event, title: str, at: datetime) -> None:
    group.title = title
    shape(group, at)


def _moving(session: Session, group: Story | Event, wanted: set[int]) -> list[Article]:
    """The articles that are to leave a story or event, the first seen first."""
    kind = type(group)
    members = list(session.scalars(select(Article).where(column_of(kind) == group.id)))
    moving = [article for article in members if article.id in wanted]
    if missing := sorted(wanted - {article.id for article in moving}):
        raise UsageError(f"not in {_name(kind)} {group.id}: {', '.join(map(str, missing))}")
    if not moving or len(moving) == len(members):
        raise UsageError(f"a split must leave articles on both sides of {_name(kind)} {group.id}")
    return sorted(moving, key=lambda article: (article.first_seen_at, article.id))


def _part(
    session: Session, old: Group, new: Group, moving: Collection[Article], *, at: datetime
) -> set[int]:
    """Put articles of a story or event into the new one; return their numbers."""
    kind = type(old)
    new.last_seen_at = new.first_seen_at
    shape(new, at)
    session.add(new)
    session.flush()
    moved = {article.id for article in moving}
    for article in moving:
        setattr(article, column_of(kind).key, new.id)
    part_alerts(session, kind, old.id, new.id, moved, at=at)
    shape(old, at)
    session.flush()
    refit(session, old)
    refit(session, new)
    return moved


def _event_of(moving: Collection[Article], story_id: int) -> Event:
    first = min(moving, key=lambda article: (article.first_seen_at, article.id))
    return Event(title=first.headline, first_seen_at=first.first_seen_at, story_id=story_id)


def _take_along(session: Session, event: Event, story_id: int) -> None:
    """Let an event, and those merged into it, be of another story."""
    for number in all_within(session, Event, event.id):
        session.get_one(Event, number).story_id = story_id
