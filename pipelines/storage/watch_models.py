"""Rows of watches and of what they raised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipelines.storage.columns import RowId, Text
from pipelines.storage.models import Article, Model, Story


class Watch(Model):
    """What an analyst wants to hear about; its definition is a file of the workspace."""

    __tablename__ = "watches"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    told_past_at: Mapped[datetime | None]  # of what was there before it, when it asked for that


class Alert(Model):
    """One event answering one watch, or having grown since. Its deliveries are the outbox.

    ``reason`` is unique for a watch and an event: "new", "growth ARTICLE", "edit ARTICLE.REVISION",
    "gone ARTICLE". ``query`` and ``details`` are as they were when it was raised.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_watch_event_reason", "watch_id", "event_id", "reason", unique=True),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watches.id"))
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    reason: Mapped[str] = mapped_column(String(100))
    raised_at: Mapped[datetime] = mapped_column(index=True)
    query: Mapped[str] = mapped_column(Text, default="")
    publishers: Mapped[int] = mapped_column(Integer, default=1)  # independent ones, at that time
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rules, excerpts, what changed
    watch: Mapped[Watch] = relationship()
    article: Mapped[Article] = relationship()


class ToldBeforeSplit(Model):
    """An alert that also told of a story which was part of the alert's own, up to ``split_at``."""

    __tablename__ = "told_before_split"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), primary_key=True, index=True)
    split_at: Mapped[datetime]


class Delivery(Model):
    """One alert on its way to one channel. Deliveries with the same ``key`` are one message."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_alert_channel", "alert_id", "channel", unique=True),
        Index("ix_deliveries_channel_state", "channel", "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    channel: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))  # waiting, delivered, parked
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, default="")
    mode: Mapped[str] = mapped_column(String(10), default="single")  # single, digest
    key: Mapped[str | None] = mapped_column(String(40))  # None: waits for its digest to be made
    failing_since: Mapped[datetime | None]
    # Marks of the receivers behind a channel that have it, and when the first of them got it.
    reached: Mapped[list[Any] | None]
    reached_at: Mapped[datetime | None]
    quiet: Mapped[dict[str, Any] | None]  # the watch's quiet hours when it was raised
    alert: Mapped[Alert] = relationship()


class ChannelState(Model):
    """How a receiver has answered. ``disabled_at``: it said 410 Gone, nothing more is sent."""

    __tablename__ = "channels"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)  # in a row
    next_try_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, default="")


# Alerts of stories that were merged into another count as that story's.
Index("ix_stories_merged_into_id", Story.merged_into_id)
