"""The row of a change: what happened to an article, a story or a watch, in order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId
from pipelines.storage.models import Model, Story


class Change(Model):
    """One thing that happened; written by the database's own triggers, in the same transaction.

    ``id`` is in the order of commits, without holes: who has seen number N has seen all before.
    ``kind``: article (new), revision, gone, back, joined (an article came into a story), merged
    (a story into another), renamed (a story), alert. ``number`` is a revision's.
    """

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_kind", "kind", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]  # when it was written; of what an earlier release stored: when it was seen
    kind: Mapped[str] = mapped_column(String(20))
    article_id: Mapped[int | None] = mapped_column(RowId)
    story_id: Mapped[int | None] = mapped_column(RowId)
    alert_id: Mapped[int | None] = mapped_column(RowId)
    number: Mapped[int | None] = mapped_column(Integer)


# What has grown lately is asked for beside what is new.
Index("ix_stories_last_seen_at", Story.last_seen_at)
