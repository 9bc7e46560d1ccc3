"""The row of what became of a source: what its file said before, and what it says since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId, Text
from pipelines.storage.models import Model


class SourceChange(Model):
    """One change of a source, or of one of its sections where ``section_id`` is set.

    ``kind``: use (enabled, disabled, retired), slug, key (of a section), address, type (of a
    section: feed, sitemap, front), filters, site (``after``: its words on several articles), noise
    (of its addresses), relaunch (an article's address, before and after), or alike (another
    source's file looks like this one's).
    """

    __tablename__ = "source_changes"
    __table_args__ = (Index("ix_source_changes_source_id", "source_id", "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
