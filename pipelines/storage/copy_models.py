"""Rows that recognise copies: fingerprints, and the anchors that find them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId
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
