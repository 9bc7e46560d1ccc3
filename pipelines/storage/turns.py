"""Storing one after the other: what is compared with everything stored needs all of it in sight."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_STORING = 0x66_73_73_74_6F_72_65  # any fixed number: the same for every firstseen


def take_turn(session: Session) -> None:
    """Wait until no other transaction stores articles; the turn ends with this transaction.

    Two that stored the first two articles of an event, or one article twice, at the same moment
    would not see each other's: two stories, two alerts, no copy. SQLite has one writer at a time
    anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _STORING})
