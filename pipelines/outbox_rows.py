"""The outbox rows of an alert: one per channel, each with the time at which it may leave."""

from __future__ import annotations

import secrets
from datetime import datetime

from pipelines.delivery_times import leaves_at, quiet_record
from pipelines.storage.watch_models import Alert, Delivery
from pipelines.watch_files import WatchDefinition


def deliveries_for(
    alert: Alert, definition: WatchDefinition, source: str, now: datetime
) -> list[Delivery]:
    """Return the outbox rows of an alert: one per channel, with the time at which it may leave.

    Quiet hours and digests delay what is sent, never what is noticed. What quiet hours held back
    leaves as one digest. The rows keep the quiet hours as they are now, for every further try.
    """
    quiet = definition.quiet
    if quiet is not None and source in quiet.except_sources:
        quiet = None
    leaves = leaves_at(now, definition.digest_at, quiet, definition.zone)
    is_single = leaves <= now
    return [
        Delivery(
            alert_id=alert.id,
            channel=channel,
            state="waiting",
            next_try_at=leaves,
            mode="single" if is_single else "digest",
            key=new_key() if is_single else None,
            quiet=quiet_record(quiet, definition.zone, leaves),
        )
        for channel in dict.fromkeys(definition.channels)
    ]


def new_key() -> str:
    """Return the key of a message, by which a receiver can drop repeats."""
    return f"msg_{secrets.token_hex(12)}"
