"""The outbox: which message a channel is due, and what became of it."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from pipelines.delivery_times import quiet_until
from pipelines.storage.due_times import is_due
from pipelines.storage.watch_models import ChannelState, Delivery

#: delivered: all receivers have it; partly: some have it, the others are to be tried again;
#: refused: not this message; failed: not now, nothing; gone: never again (410).
SendOutcome = Literal["delivered", "partly", "refused", "failed", "gone"]

GAPS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30, 60, 120, 240, 360))
GIVE_UP_AFTER = timedelta(days=14)  # twice the outage that must lose nothing
_TRIED_OFTEN = 12  # a clock that ran ahead for a moment, or a closed lid, is no fortnight
MOST_REFUSALS = 6  # of one message, while others get through
LONGEST_PLAN = timedelta(days=3)  # the next day's digest, the longest gap: nothing waits longer
_WINDOW = timedelta(hours=1)  # of the rate limit


@dataclass(frozen=True, slots=True)
class Pending:
    """One message to be sent: its key, its alerts, whether a digest, and who has it."""

    channel: str
    key: str
    alert_ids: tuple[int, ...]
    delivery_ids: tuple[int, ...]
    is_digest: bool
    reached: frozenset[str] = frozenset()


def channels_due(session: Session, now: datetime) -> list[str]:
    """Return the channels for which something may leave now."""
    held = select(ChannelState.name).where(
        ChannelState.next_try_at > now, ChannelState.next_try_at <= now + LONGEST_PLAN
    )
    query = select(Delivery.channel).where(
        Delivery.state == "waiting", is_planned(now), Delivery.channel.not_in(held)
    )
    return sorted(session.scalars(query.distinct()))


def is_planned(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a delivery's time has come, by whatever clock it was planned.

    What is told singly and was never tried was due when it was raised: it waits for nothing.
    """
    was_due = (Delivery.mode == "single") & (Delivery.tries == 0)
    return is_due(Delivery.next_try_at, now, longest=LONGEST_PLAN) | was_due


def next_message(
    session: Session, channel: str, *, now: datetime, most_per_hour: int
) -> Pending | None:
    """Return what a channel is to be sent next; None when nothing may leave now.

    What the quiet hours of its watch hold back waits for their end, however it became due. What
    was tried least comes first, so that one message that fails does not hold up the others.
    All that waits for a digest becomes one; beyond ``most_per_hour`` messages in an hour the rest
    is folded into a digest that leaves when the hour has passed.
    """
    state = session.get(ChannelState, channel)
    if state is not None and state.disabled_at is not None:
        park(session, [channel], f"disabled: {state.detail}")
        return None
    held_until = state.next_try_at if state is not None else None
    if held_until is not None and now < held_until <= now + LONGEST_PLAN:
        return None
    due = _loud(_due(session, channel, now), now)
    if (free_at := _window_full_until(session, channel, now, most_per_hour)) is not None:
        for delivery in due:
            _postpone(delivery, free_at)
        return None
    if not due:
        return None
    first = due[0]
    if first.key is None:
        members = [d for d in due if d.key is None]
        key = f"msg_{secrets.token_hex(12)}"
        for delivery in members:
            delivery.key = key
    else:
        key = first.key
        members = [d for d in due if d.key == key]
    session.flush()
    return Pending(
        channel,
        key,
        tuple(d.alert_id for d in members),
        tuple(d.id for d in members),
        is_digest=first.mode == "digest",
        reached=frozenset.intersection(*(frozenset(d.reached or ()) for d in members)),
    )


def _due(session: Session, channel: str, now: datetime) -> Sequence[Delivery]:
    query = (
        select(Delivery)
        .where(Delivery.channel == channel, Delivery.state == "waiting", is_planned(now))
        .order_by(Delivery.tries, Delivery.id)
    )
    return session.scalars(query).all()


def _window_full_until(session: Session, channel: str, now: datetime, most: int) -> datetime | None:
    query = (
        select(func.min(Delivery.reached_at))
        .where(
            Delivery.channel == channel,
            Delivery.reached_at > now - _WINDOW,
            Delivery.reached_at <= now,  # what a clock that was ahead noted says nothing
        )
        .group_by(Delivery.key)
    )
    sent = [at for at in session.scalars(query) if at is not None]
    return min(sent) + _WINDOW if len(sent) >= most else None


def _loud(due: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Return what may leave in spite of quiet hours; postpone the rest to their end.

    A message is held back whole: a part of it under its key would make the rest a repeat.
    """
    ends: dict[str | int, datetime] = {}
    for delivery in due:
        if until := quiet_until(delivery.quiet, now):
            message = delivery.key or delivery.id
            ends[message] = max(until, ends.get(message, until))
    loud = []
    for delivery in due:
        if (end := ends.get(delivery.key or delivery.id)) is None:
            loud.append(delivery)
        else:
            _postpone(delivery, end)
    return loud


def _postpone(delivery: Delivery, until: datetime) -> None:
    """Let a delivery wait; what was never tried leaves with others as one digest."""
    delivery.next_try_at = until
    if delivery.tries == 0 and delivery.mode == "single":
        # What was tried, or was made into a digest, keeps its key: it may have arrived.
        delivery.mode, delivery.key = "digest", None


def settle(
    session: Session,
    pending: Pending,
    outcome: SendOutcome,
    detail: str,
    *,
    now: datetime,
    jitter: random.Random,
    wait: timedelta | None = None,
    reached: frozenset[str] = frozenset(),
) -> None:
    """Note what became of a message, and when its channel or the message itself is tried again.

    ``wait`` is what the receiver asked for: it may lengthen the gap, never shorten it. ``reached``
    are the marks of the receivers that have it now.
    """
    at_least = wait or timedelta()
    state = session.get(ChannelState, pending.channel)
    if state is None:
        state = ChannelState(name=pending.channel, failures=0, detail="")
        session.add(state)
    rows = session.scalars(select(Delivery).where(Delivery.id.in_(pending.delivery_ids))).all()
    for row in rows:
        row.tries += 1
        row.detail = detail[:500]
        if reached or outcome == "delivered":
            row.reached = sorted(reached.union(row.reached or ()))
            row.reached_at = row.reached_at or now
        if outcome == "delivered":
            row.state, row.delivered_at, row.next_try_at = "delivered", now, None
            row.failing_since = None
        elif outcome != "gone":
            row.failing_since = min(row.failing_since or now, now)
            row.next_try_at = now + max(_gap(row.tries, jitter), at_least)
            if _is_hopeless(row, outcome, now):
                row.state, row.next_try_at = "parked", None
    _settle_channel(
        state, outcome, detail[:500], now + max(_gap(state.failures + 1, jitter), at_least)
    )
    if outcome == "gone":
        state.disabled_at = now
        session.flush()
        park(session, [pending.channel], f"disabled: {state.detail}")


def _settle_channel(
    state: ChannelState, outcome: SendOutcome, detail: str, next_try_at: datetime
) -> None:
    if outcome == "failed":
        state.failures += 1
        state.next_try_at = next_try_at
    elif outcome != "gone":
        state.failures, state.next_try_at = 0, None
    is_well = outcome in ("delivered", "refused")
    state.detail = "" if is_well else detail


def _gap(number: int, jitter: random.Random) -> timedelta:
    return GAPS[min(number, len(GAPS)) - 1] * (1 + jitter.random() / 5)


def _is_hopeless(row: Delivery, outcome: SendOutcome, now: datetime) -> bool:
    if outcome == "refused" and row.tries >= MOST_REFUSALS:
        return True
    failing_since = row.failing_since or now
    return row.tries >= _TRIED_OFTEN and now - failing_since >= GIVE_UP_AFTER


def park(session: Session, channels: Collection[str], detail: str) -> int:
    """Put aside what waits for these channels; ``firstseen alerts retry`` brings it back."""
    query = select(Delivery).where(Delivery.channel.in_(channels), Delivery.state == "waiting")
    rows = session.scalars(query).all()
    for row in rows:
        row.state, row.next_try_at, row.detail = "parked", None, detail[:500]
    return len(rows)


def retry(
    session: Session,
    *,
    now: datetime,
    alert_ids: Collection[int] = (),
    channel: str | None = None,
) -> int:
    """Let parked and failing deliveries leave at once, and their channels be tried again.

    Returns how many. Without ids and channel, all of them; of a message always the whole. Quiet
    hours are kept.
    """
    query = select(Delivery).where(
        (Delivery.state == "parked") | Delivery.failing_since.is_not(None),
        Delivery.state != "delivered",
    )
    if alert_ids:
        query = query.where(Delivery.alert_id.in_(alert_ids))
    if channel is not None:
        query = query.where(Delivery.channel == channel)
    keys = {row.key for row in session.scalars(query) if row.key is not None}
    whole = select(Delivery).where(Delivery.key.in_(keys), Delivery.state != "delivered")
    rows = {row.id: row for each in (query, whole) for row in session.scalars(each)}.values()
    for row in rows:
        row.state, row.next_try_at, row.tries, row.failing_since = "waiting", now, 0, None
    names = {row.channel for row in rows} | ({channel} if channel else set())
    session.execute(
        update(ChannelState)
        .where(ChannelState.name.in_(names))
        .values(disabled_at=None, next_try_at=None, failures=0, detail="")
    )
    return len(rows)
