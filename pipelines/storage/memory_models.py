"""Rows the crawl keeps for itself: robots.txt, hold-offs, validators, the schedule's state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import RowId, Text
from pipelines.storage.models import Model


class ScheduleState(Model):
    """What the scheduler keeps between runs, by name: the worth of a request, for one."""

    __tablename__ = "schedule_state"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class RobotsTxt(Model):
    """The last readable robots.txt of an origin."""

    __tablename__ = "robots_txt"

    origin: Mapped[str] = mapped_column(Text, primary_key=True)  # https://host[:port]
    body: Mapped[str] = mapped_column(Text)
    http_status: Mapped[int]
    fetched_at: Mapped[datetime]


class HoldOff(Model):
    """A host's wish to be left alone for a while (Retry-After)."""

    __tablename__ = "hold_offs"

    lane: Mapped[str] = mapped_column(Text, primary_key=True)  # host or host:port
    held_until: Mapped[datetime]


class ListingValidators(Model):
    """What makes the next look at a listing address conditional."""

    __tablename__ = "listing_validators"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[str] = mapped_column(String(64))
    full_at: Mapped[datetime]
    looks_since_full: Mapped[int] = mapped_column(Integer, default=0)


class HubSubscription(Model):
    """A WebSub subscription of one section at the hub its feed names."""

    __tablename__ = "hub_subscriptions"

    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    hub_url: Mapped[str] = mapped_column(Text)
    topic_url: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # the path of our callback
    secret: Mapped[str] = mapped_column(String(64))  # signs what the hub sends
    state: Mapped[str] = mapped_column(String(20))  # requested, active, denied
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_push_at: Mapped[datetime | None]


class SourceReading(Model):
    """What reading a source's pages has taught: its site memory, and how its rules fare."""

    __tablename__ = "source_readings"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    memory: Mapped[str] = mapped_column(Text)  # SiteMemory.to_json()
    rules: Mapped[dict[str, Any]]  # field -> how often its rule was used, vanished, disagreed
    faults: Mapped[dict[str, Any] | None]  # day -> pages read, and "field: Type" -> not read
    updated_at: Mapped[datetime]


class HeldPage(Model):
    """An address that showed a text of which nobody is sure that it is its article.

    ``text_key`` and ``fingerprint`` are those of that text, which itself is not kept.
    """

    __tablename__ = "held_pages"
    __table_args__ = (Index("ix_held_pages_source_id", "source_id", "last_shown_at"),)

    url_key: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    text_key: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    first_shown_at: Mapped[datetime]
    last_shown_at: Mapped[datetime]


class ChangedPiece(Model):
    """Words that came into an article or left it; kept for the day on which others may follow."""

    __tablename__ = "changed_pieces"
    __table_args__ = (Index("ix_changed_pieces_at", "at"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    piece: Mapped[str] = mapped_column(String(32), primary_key=True)  # Piece.key
    article_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime]


class SiteWord(Model):
    """Words that a site puts on its articles: no edit of any of them."""

    __tablename__ = "site_words"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    piece: Mapped[str] = mapped_column(String(32), primary_key=True)
    place: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    learnt_at: Mapped[datetime]
