"""Who has claimed which hosts: leases that end with their owner, and claiming one at a time."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from pipelines.storage.models import Section

LEASE = timedelta(minutes=2)  # renewed while a batch lives; after this its machine counts as dead
# A lease that ends this much later than any lease can was given before the clock was set back.
CLOCK_SET_BACK = timedelta(minutes=2)
_PROCESS = secrets.token_hex(4)  # numbers of processes are given out again
_CLAIMING = 0x66_73_63_6C_61_69_6D  # any fixed number: the same for every firstseen


def claim_alone(session: Session) -> None:
    """Wait until no other transaction is claiming; ends with this transaction.

    Without it two could read the same leases before either wrote its own. SQLite has one writer at
    a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMING})


def leased_lanes(session: Session, now: datetime) -> set[str]:
    """Return the hosts that a living batch has claimed."""
    query = select(Section.lane, Section.lease_owner).where(
        Section.lease_until > now, Section.lease_until <= now + LEASE + CLOCK_SET_BACK
    )
    return {lane for lane, owner in session.execute(query) if not _is_dead(owner or "")}


def new_owner(number: int) -> str:
    """Return a name for one batch of this process that no other batch on any machine has."""
    return f"{socket.gethostname()}:{os.getpid()}:{_PROCESS}.{number}"


def _is_dead(owner: str) -> bool:
    """Whether a batch's process is known to be gone: only knowable on its own machine."""
    process, _, batch = owner.rpartition(":")
    host, _, rest = process.rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    if int(rest) == os.getpid():  # in a container every process has number 1
        return "." in batch and not batch.startswith(f"{_PROCESS}.")
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def renew(session: Session, owner: str, *, now: datetime) -> None:
    """Keep the claims of a batch that is still at work."""
    statement = update(Section).where(Section.lease_owner == owner)
    session.execute(statement.values(lease_until=now + LEASE))


def release(session: Session, owner: str) -> None:
    """Give back what ``owner`` claimed and did not look at; it is due as before."""
    statement = update(Section).where(Section.lease_owner == owner)
    session.execute(statement.values(lease_owner=None, lease_until=None))
