"""Rows of watches and of what they raised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId, Text
from pipelines.storage.models import Model


class Watch(Model):
    """What an analyst wants to hear about; its definition is a file of the workspace."""

    __tablename__ = "watches"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Alert(Model):
    """One story answering one watch; the outbox row until delivered."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_watch_story_reason", "watch_id", "story_id", "reason", unique=True),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watches.id"))
    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    reason: Mapped[str] = mapped_column(String(100))
    raised_at: Mapped[datetime] = mapped_column(index=True)


class Delivery(Model):
    """One alert on its way to one channel."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("uq_deliveries_alert_channel", "alert_id", "channel", unique=True),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    channel: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))  # waiting, delivered, parked
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, default="")
