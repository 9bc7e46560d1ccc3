"""WebSub subscriptions: which sections have one, and what a hub told us."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.looks import SectionLook
from pipelines.storage.memory_models import HubSubscription
from pipelines.storage.models import Section

#: A request that was not confirmed is repeated after this; a lease is renewed that long before.
_RETRY_AFTER = timedelta(hours=6)
_RENEW_BEFORE = timedelta(hours=12)
LONGEST_LEASE = timedelta(days=30)  # that we take, whatever a hub offers


@dataclass(frozen=True, slots=True)
class HubRequest:
    """A subscription to ask for: POST to ``hub_url`` (WebSub 5.1)."""

    hub_url: str
    topic_url: str
    token: str
    secret: str


def wanted_subscriptions(session: Session, now: datetime) -> list[HubRequest]:
    """Return the subscriptions to ask for now, and note that they were asked for.

    A section's hints name its feed's hub and topic; a feed that moved to another hub is
    subscribed there anew.
    """
    wanted = []
    known = {row.section_id: row for row in session.scalars(select(HubSubscription))}
    query = select(Section).where(Section.enabled, Section.hints.is_not(None))
    for section in session.scalars(query):
        hints = section.hints or {}
        hub, topic = hints.get("hub_url"), hints.get("topic_url")
        row = known.get(section.id)
        if not hub or not topic or not _is_due(row, hub, topic, now):
            continue
        if row is None:
            row = HubSubscription(section_id=section.id)
            session.add(row)
        row.hub_url, row.topic_url = hub, topic
        row.token, row.secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        row.state, row.requested_at, row.expires_at = "requested", now, None
        wanted.append(HubRequest(hub, topic, row.token, row.secret))
    session.flush()
    return wanted


def _is_due(row: HubSubscription | None, hub: str, topic: str, now: datetime) -> bool:
    if row is None or (row.hub_url, row.topic_url) != (hub, topic):
        return True
    if row.state == "active":
        left = (row.expires_at or now + _RENEW_BEFORE) - now
        return not _RENEW_BEFORE <= left <= LONGEST_LEASE  # longer: by a clock that was ahead
    return abs(now - row.requested_at) >= _RETRY_AFTER


def confirm(session: Session, token: str, topic: str, *, now: datetime, lease: timedelta) -> bool:
    """Note that a hub verifies a subscription; False when we never asked for it (WebSub 5.3)."""
    row = _by_token(session, token)
    if row is None or row.topic_url != topic:
        return False
    row.state, row.expires_at = "active", now + lease
    return True


def deny(session: Session, token: str) -> None:
    """Note that a hub refused a subscription (WebSub 5.2): the section is polled as before."""
    if row := _by_token(session, token):
        row.state = "denied"


def secret_of(session: Session, token: str) -> str | None:
    """Return the secret a push for this callback must be signed with, None for an unknown one."""
    row = _by_token(session, token)
    return row.secret if row else None


def note_push(session: Session, token: str, *, now: datetime) -> None:
    """Make the section due at once: a push says that there is news, the look finds it."""
    if row := _by_token(session, token):
        row.last_push_at = now
        if section := session.get(Section, row.section_id):
            section.next_visit_at = now


def _by_token(session: Session, token: str) -> HubSubscription | None:
    return session.scalar(select(HubSubscription).where(HubSubscription.token == token))


def is_pushed(session: Session, section: Section, now: datetime) -> bool:
    """Whether a hub tells us of the section's news, so that looks are only for safety."""
    row = session.get(HubSubscription, section.id)
    return row is not None and row.state == "active" and (row.expires_at or now) > now


#: A push that comes later than this after a look's answer cannot have been noted while the look
#: was kept: it came from a clock that was ahead.
_LATEST_PUSH = timedelta(minutes=10)


def pushed_since(session: Session, section: Section, look: SectionLook) -> datetime | None:
    """Return when a hub told of news that a look may not have seen; None when it did not."""
    row = session.get(HubSubscription, section.id)
    pushed_at = row.last_push_at if row else None
    if pushed_at is None or not look.started_at < pushed_at <= look.arrived_at + _LATEST_PUSH:
        return None
    return pushed_at
