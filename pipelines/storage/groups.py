"""What stories and events have in common: rows that hold articles, merge, widen and are shaped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipelines.storage.event_models import Event, EventToldBeforeSplit
from pipelines.storage.models import Article, Story
from pipelines.storage.watch_models import Alert, ToldBeforeSplit

#: A story or an event.
Group = TypeVar("Group", Story, Event)


def column_of(kind: type[Story] | type[Event]) -> InstrumentedAttribute[int | None]:
    """Return the column by which an article says in which story, or event, it is."""
    return Article.story_id if kind is Story else Article.event_id


def living(session: Session, kind: type[Group], group_id: int) -> Group | None:
    """Return a story or event, or the one that it has become part of; None when there is none."""
    group = session.get(kind, group_id)
    passed = {group_id}
    while group is not None and group.merged_into_id is not None:
        if group.merged_into_id in passed:
            return group  # a circle, which no program of ours makes
        passed.add(group.merged_into_id)
        group = session.get(kind, group.merged_into_id)
    return group


def all_within(session: Session, kind: type[Story] | type[Event], group_id: int) -> set[int]:
    """Return the number of a story or event and of all that were merged into it."""
    found, fresh = {group_id}, {group_id}
    while fresh:
        query = select(kind.id).where(kind.merged_into_id.in_(fresh))
        fresh = set(session.scalars(query)) - found
        found |= fresh
    return found


def widen(group: Story | Event, at: datetime) -> None:
    """Let the times of a story or event include one more."""
    group.first_seen_at = min(group.first_seen_at, at)
    group.last_seen_at = max(group.last_seen_at, at)


def refit(session: Session, group: Story | Event) -> None:
    """Set the times of a story or event by its articles."""
    query = select(func.min(Article.first_seen_at), func.max(Article.first_seen_at))
    first, last = session.execute(query.where(column_of(type(group)) == group.id)).one()
    group.first_seen_at, group.last_seen_at = first or group.first_seen_at, last or first


def shape(group: Story | Event, at: datetime) -> None:
    """Note that an analyst made it what it is."""
    group.pinned, group.shaped_at = True, at


def take_over(session: Session, gone: Group, into: Group) -> None:
    """Make all articles of one another's; the row stays and says where they went."""
    column = column_of(type(into))
    moved = update(Article).where(column == gone.id).values({column.key: into.id})
    session.execute(moved)
    gone.merged_into_id = into.id
    if isinstance(into, Story):
        session.execute(update(Event).where(Event.story_id == gone.id).values(story_id=into.id))


def alerts_within(
    session: Session, kind: type[Story] | type[Event], ids: Collection[int]
) -> list[Alert]:
    """Return what was raised for these stories, or events, oldest first."""
    column = Alert.story_id if kind is Story else Alert.event_id
    return list(session.scalars(select(Alert).where(column.in_(ids)).order_by(Alert.id)))


def part_alerts(
    session: Session,
    kind: type[Story] | type[Event],
    group_id: int,
    new_id: int,
    moved: Collection[int],
    *,
    at: datetime,
) -> None:
    """Let each alert of what is split go with its article, and note the other side."""
    note: Any = ToldBeforeSplit if kind is Story else EventToldBeforeSplit
    name = "story_id" if kind is Story else "event_id"
    within = all_within(session, kind, group_id)
    earlier = session.scalars(select(note).where(getattr(note, name).in_(within)))
    notes = {(row.alert_id, new_id): row.split_at for row in earlier}
    there: set[tuple[int, str]] = set()
    for alert in alerts_within(session, kind, within):
        told = (alert.watch_id, alert.reason)
        # Of two that were merged, both may have been told as new: one is enough here.
        goes = alert.article_id in moved and told not in there
        if goes:
            there.add(told)
            setattr(alert, name, new_id)
        notes[alert.id, group_id if goes else new_id] = at
    for (alert_id, other_id), split_at in notes.items():
        session.merge(note(alert_id=alert_id, split_at=split_at, **{name: other_id}))
    session.flush()
