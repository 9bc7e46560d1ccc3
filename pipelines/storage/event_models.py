"""Rows of events: what happened once, inside the stories that tell of it for days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId, Text
from pipelines.storage.models import Article, Model


class Event(Model):
    """One thing that happened, as its story's articles report it within a day.

    ``pinned``, ``merged_into_id`` and ``shaped_at`` as of a story. An event of an earlier release
    is its whole story, with the same number.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    merged_into_id: Mapped[int | None] = mapped_column(RowId, index=True)
    shaped_at: Mapped[datetime | None] = mapped_column(index=True)


class EventToldBeforeSplit(Model):
    """An alert that also told of an event which was part of the alert's own, up to ``split_at``."""

    __tablename__ = "events_told_before_split"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, index=True)
    split_at: Mapped[datetime]


# Who had an event first, each source by its earliest article: one look-up, and no large row read.
Index("ix_articles_event_source_seen", Article.event_id, Article.source_id, Article.first_seen_at)
