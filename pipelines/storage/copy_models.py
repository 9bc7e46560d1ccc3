"""Rows that recognise copies and stories: fingerprints, anchors that find them, vectors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId, Text
from pipelines.storage.models import Model


class TextPrint(Model):
    """The fingerprint of an article's current wording."""

    __tablename__ = "fingerprints"

    article_id: Mapped[int] = mapped_column(RowId, ForeignKey("articles.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)  # the article's first_seen_at
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)


class Anchor(Model):
    """A few hashes of a text; two articles with one in common are compared."""

    __tablename__ = "anchors"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's way

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    article_id: Mapped[int] = mapped_column(RowId, ForeignKey("articles.id"), primary_key=True)


class StoryVector(Model):
    """What the grouping into stories saw in an article: to go on after a restart without reading.

    ``words``: separated by spaces, first those that ``weights`` (doubles, little-endian) are of.
    """

    __tablename__ = "story_vectors"

    article_id: Mapped[int] = mapped_column(RowId, ForeignKey("articles.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)  # the article's first_seen_at
    words: Mapped[str] = mapped_column(Text)
    weights: Mapped[bytes] = mapped_column(LargeBinary)
