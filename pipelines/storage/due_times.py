"""What is due, by a clock that may have been set since the time was written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


def is_due(
    planned_at: InstrumentedAttribute[Any], now: datetime, *, longest: timedelta
) -> ColumnElement[bool]:
    """Return the condition that a planned time has come.

    A time further ahead than ``longest``, which no plan reaches, came from another clock: one that
    was ahead once, or was set back since. To wait for it would be silence.
    """
    return (planned_at <= now) | (planned_at > now + longest)
