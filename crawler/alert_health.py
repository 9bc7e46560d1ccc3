"""Whether the alerts of a workspace reach their receivers, for ``firstseen health``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crawler.config import Options
from pipelines.storage.outbox_health import AlertTrouble, alert_troubles
from pipelines.watch_set import watches_of


def find_alert_troubles(session: Session, options: Options, now: datetime) -> list[AlertTrouble]:
    """Return what is wrong with the delivery of a workspace's alerts."""
    watches = watches_of(options.watches_folder).definitions
    return alert_troubles(
        session,
        channels=options.channels,
        watches={slug: watch.channels for slug, watch in watches.items()},
        now=now,
    )


def alert_lines(troubles: Sequence[AlertTrouble]) -> list[str]:
    """Return one line for each trouble."""
    return [
        f"alerts {trouble.kind}: channel {trouble.channel}, {trouble.alerts} waiting or put aside, "
        f"{trouble.told}"
        for trouble in troubles
    ]


def alert_records(troubles: Sequence[AlertTrouble]) -> list[dict[str, Any]]:
    """Return the same as JSON values."""
    return [
        {"state": t.kind, "channel": t.channel, "alerts": t.alerts, "reason": t.told}
        for t in troubles
    ]
