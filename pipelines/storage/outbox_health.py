"""What is wrong with the outbox: alerts that nobody sends, and alerts that nobody takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.channels import is_fault_of_ours
from pipelines.delivery_times import quiet_until
from pipelines.storage.due_times import is_due
from pipelines.storage.outbox import LONGEST_PLAN
from pipelines.storage.watch_models import ChannelState, Delivery

TroubleKind = Literal["unknown", "misconfigured", "parked", "failing", "overdue"]

OVERDUE_AFTER = timedelta(hours=1)  # without a try; every set-up we print tries within minutes
FAILING_AFTER = timedelta(hours=1)  # greylisting and a restart of a receiver are over by then


@dataclass(frozen=True, slots=True)
class AlertTrouble:
    """One fault of one channel; ``told`` says what is wrong and what to do, ``alerts`` how many."""

    kind: TroubleKind
    channel: str
    alerts: int
    told: str


def alert_troubles(
    session: Session,
    *,
    channels: Collection[str],
    watches: Mapping[str, Collection[str]],
    now: datetime,
) -> list[AlertTrouble]:
    """Return what is wrong with the delivery of alerts, by channel.

    ``channels`` are those of firstseen.toml, ``watches`` the channels that each watch names. What
    waits for the end of quiet hours, for its digest, or because of the hourly limit is well.
    """
    states = {state.name: state for state in session.scalars(select(ChannelState))}
    waiting = _waiting(session)
    found = [
        _unknown(name, slugs, waiting.get(name, 0)) for name, slugs in _strays(watches, channels)
    ]
    found += _parked(session)
    for name in sorted(waiting):
        if any(trouble.channel == name and trouble.kind == "unknown" for trouble in found):
            continue
        trouble = (
            _misconfigured(name, states.get(name), waiting[name])
            or _failing(session, name, states.get(name), now)
            or _overdue(session, name, states.get(name), now, is_ours=name in channels)
        )
        found += [trouble] if trouble else []
    return found


def _strays(
    watches: Mapping[str, Collection[str]], channels: Collection[str]
) -> list[tuple[str, list[str]]]:
    strays: dict[str, list[str]] = {}
    for slug, names in sorted(watches.items()):
        for name in names:
            if name not in channels:
                strays.setdefault(name, []).append(slug)
    return sorted(strays.items())


def _unknown(name: str, slugs: list[str], waiting: int) -> AlertTrouble:
    told = (
        f"the watch {', '.join(slugs)} names a channel that firstseen.toml does not have: "
        f"write [channels.{name}], or name another one"
    )
    return AlertTrouble("unknown", name, waiting, told)


def _parked(session: Session) -> list[AlertTrouble]:
    query = (
        select(Delivery.channel, func.count(), func.max(Delivery.id))
        .where(Delivery.state == "parked")
        .group_by(Delivery.channel)
        .order_by(Delivery.channel)
    )
    return [
        AlertTrouble(
            "parked",
            name,
            number,
            f"put aside: {session.get_one(Delivery, last).detail}; when that is mended, "
            f"`firstseen alerts retry --channel {name}` sends them",
        )
        for name, number, last in session.execute(query)
    ]


def _misconfigured(name: str, state: ChannelState | None, waiting: int) -> AlertTrouble | None:
    if state is None or not is_fault_of_ours(name, state.detail):
        return None
    told = f"{state.detail}; `firstseen watches test-send` tries it out"
    return AlertTrouble("misconfigured", name, waiting, told)


def _failing(
    session: Session, name: str, state: ChannelState | None, now: datetime
) -> AlertTrouble | None:
    query = select(func.count(), func.min(Delivery.failing_since), func.max(Delivery.id)).where(
        Delivery.channel == name, Delivery.state == "waiting", Delivery.failing_since.is_not(None)
    )
    number, since, last = session.execute(query).one()
    if not number or since is None or now - FAILING_AFTER < since <= now:
        return None
    why = (state.detail if state else "") or session.get_one(Delivery, last).detail
    told = f"not delivered since {since:%Y-%m-%d %H:%M} UTC: {why}; tried again by itself"
    return AlertTrouble("failing", name, number, told)


def _overdue(
    session: Session, name: str, state: ChannelState | None, now: datetime, *, is_ours: bool
) -> AlertTrouble | None:
    query = select(Delivery.next_try_at, Delivery.quiet).where(
        Delivery.channel == name,
        Delivery.state == "waiting",
        # By a clock that was ahead, too: somebody at work would have sent it by now.
        is_due(Delivery.next_try_at, now - OVERDUE_AFTER, longest=OVERDUE_AFTER + LONGEST_PLAN),
    )
    held_until = (state.next_try_at if state else None) or datetime.min.replace(tzinfo=now.tzinfo)
    if now - OVERDUE_AFTER < held_until <= now + LONGEST_PLAN:
        return None
    late = [
        at
        for at, quiet in session.execute(query)
        # Neither now nor an hour ago: in between, somebody may have had no chance to send it.
        if at and not quiet_until(quiet, now) and not quiet_until(quiet, now - OVERDUE_AFTER)
    ]
    if not late:
        return None
    since = min(late)
    told = f"due since {since:%Y-%m-%d %H:%M} UTC" if since <= now else "due"
    told += " and not tried: "
    if is_ours:
        told += (
            "is `firstseen run`, cron or the timer at work? `firstseen alerts deliver` sends them"
        )
    else:
        told += f"firstseen.toml has no [channels.{name}]"
    return AlertTrouble("overdue", name, len(late), told)


def _waiting(session: Session) -> dict[str, int]:
    query = select(Delivery.channel, func.count()).where(Delivery.state == "waiting")
    return {row[0]: row[1] for row in session.execute(query.group_by(Delivery.channel))}
