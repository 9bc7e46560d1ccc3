"""The rows by which we can show a publisher what it got from us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.storage.columns import Text
from pipelines.storage.models import Model


class ConductHour(Model):
    """Requests to one host in one hour for one purpose; see ``pipelines.lane_hours``."""

    __tablename__ = "conduct_hours"

    lane: Mapped[str] = mapped_column(Text, primary_key=True)  # host or host:port
    hour_at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    requests: Mapped[int] = mapped_column(Integer, default=0)
    conditional: Mapped[int] = mapped_column(Integer, default=0)
    not_modified: Mapped[int] = mapped_column(Integer, default=0)
    pushed_back: Mapped[int] = mapped_column(Integer, default=0)  # answered with 429 or 503
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # bodies, as they arrived
    smallest_gap_seconds: Mapped[float | None] = mapped_column(Float)
    last_at: Mapped[datetime | None]
    robots_disallowed: Mapped[int] = mapped_column(Integer, default=0)  # not sent
    robots_unreachable: Mapped[int] = mapped_column(Integer, default=0)  # not sent
    held_off: Mapped[int] = mapped_column(Integer, default=0)  # not sent
