"""The one place that says which sections are due, and when each is looked at next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, object_session

from crawler.schedule.back_off import aged, longest_wait, retry_at
from crawler.schedule.budget import stored_hints
from crawler.schedule.leases import (
    CLOCK_SET_BACK,
    LEASE,
    claim_alone,
    leased_lanes,
    new_owner,
    release,
    renew,
)
from crawler.schedule.rhythm import (
    CATCH_UP,
    LONGEST_PAUSE,
    SHORTEST,
    RhythmState,
    VisitHints,
    caught_up_at,
    next_visit_at,
    observe,
)
from pipelines.looks import LookResult, SectionLook
from pipelines.storage.due_times import is_due
from pipelines.storage.hubs import is_pushed, pushed_since
from pipelines.storage.models import Section, Source
from pipelines.storage.rechecks import lanes_with_rechecks

__all__ = [
    "LEASE",
    "DueSection",
    "claim_due",
    "claim_named",
    "look_again",
    "new_owner",
    "plan_visit",
    "pull_back",
    "release",
    "renew",
    "spread_overdue",
]

# No plan reaches further: neither Retry-After nor back-off, even with their spread.
LONGEST_PLAN = LONGEST_PAUSE + timedelta(days=1)
SAFETY_LOOK = timedelta(hours=1)  # between looks at a section whose hub tells of its news


@dataclass(frozen=True, slots=True)
class DueSection:
    """A section that a batch has claimed; ``section`` is "" where only articles are due again."""

    source: str
    section: str
    lane: str
    due_at: datetime | None  # None: never looked at


def claim_due(
    session: Session, *, now: datetime, owner: str, most_lanes: int, sources: Collection[str]
) -> list[DueSection]:
    """Claim the due sections of at most ``most_lanes`` hosts for ``owner``, the longest due first.

    Only sections of ``sources`` (slugs) count. A host under another lease is left alone, so that
    politeness holds across batches and machines. The claim ends with its look, with ``release``,
    or after LEASE.
    """
    query = (
        select(Section, Source.slug)
        .join(Source)
        .where(
            Section.enabled,
            or_(
                Section.next_visit_at.is_(None),
                is_due(Section.next_visit_at, now, longest=LONGEST_PLAN),
                # Made before the clock was set back.
                Section.last_started_at > now + CLOCK_SET_BACK,
            ),
        )
        .order_by(Section.next_visit_at.asc().nulls_first(), Section.id)
        .with_for_update(of=Section, skip_locked=True)
    )
    claim_alone(session)
    busy = leased_lanes(session, now)
    wanted = frozenset(sources)
    lanes: set[str] = set()
    claimed: list[DueSection] = []
    for section, slug in session.execute(query):
        if slug not in wanted or section.lane in busy:
            continue
        if section.lane not in lanes and len(lanes) >= most_lanes:
            continue
        lanes.add(section.lane)
        claimed.append(DueSection(slug, section.key, section.lane, section.next_visit_at))
        section.lease_owner, section.lease_until = owner, now + LEASE
    session.flush()
    room = most_lanes - len(lanes)
    have = {due.source for due in claimed}
    claimed += _claim_rechecks(
        session, now=now, owner=owner, room=room, sources=wanted - have, busy=busy | lanes
    )
    return claimed


def _claim_rechecks(
    session: Session,
    *,
    now: datetime,
    owner: str,
    room: int,
    sources: Collection[str],
    busy: Collection[str],
) -> list[DueSection]:
    """Claim the hosts of sources of which only stored articles are due for another look."""
    claimed: list[DueSection] = []
    for slug, lanes in sorted(lanes_with_rechecks(session, sources, now=now).items()):
        if lanes & set(busy) or len(claimed) >= room:
            continue
        claimed.append(DueSection(slug, "", min(lanes), None))
        # Leases that still stand there have ended: else the host would be among the busy.
        statement = update(Section).where(Section.lane.in_(lanes))
        session.execute(statement.values(lease_owner=owner, lease_until=now + LEASE))
    return claimed


def claim_named(
    session: Session, *, now: datetime, owner: str, sources: Collection[str]
) -> tuple[list[DueSection], list[str]]:
    """Claim all sections of ``sources``, due or not; return them, and the sources that are busy.

    A source is busy while another batch has one of its hosts. Who names a source that is disabled
    wants a look at it all the same.
    """
    query = (
        select(Section, Source.slug)
        .join(Source)
        .where(Section.enabled | Source.disabled, Source.slug.in_(list(sources)))
        .with_for_update(of=Section)
    )
    claim_alone(session)
    busy = leased_lanes(session, now)
    rows = [(section, slug) for section, slug in session.execute(query)]
    taken = {slug for section, slug in rows if section.lane in busy}
    claimed: list[DueSection] = []
    for section, slug in rows:
        if slug not in taken:
            section.lease_owner, section.lease_until = owner, now + LEASE
            claimed.append(DueSection(slug, section.key, section.lane, section.next_visit_at))
    session.flush()
    return claimed, sorted(taken)


def spread_overdue(session: Session, now: datetime) -> int:
    """Spread what became due while nobody looked over the next minutes; return how many.

    After a night without power everything is due at once, and each host should not notice.
    """
    query = select(Section).where(Section.enabled, Section.next_visit_at < now - SHORTEST)
    overdue = list(session.scalars(query))
    for section in overdue:
        due_at = section.next_visit_at or now
        section.next_visit_at = caught_up_at(section.url, due_at=due_at, now=now)
    return len(overdue)


def look_again(
    session: Session, now: datetime, *, failed_since: datetime, also_answered: bool = False
) -> int:
    """Plan what failed since then anew, spread like what is overdue; return how many sections."""
    query = select(Section).where(
        Section.enabled,
        (Section.failures > 0) | also_answered,
        Section.last_started_at >= failed_since,
        Section.next_visit_at > now,
    )
    waiting = list(session.scalars(query))
    for section in waiting:
        soon = caught_up_at(section.url, due_at=now - CATCH_UP, now=now)
        section.next_visit_at = min(section.next_visit_at or soon, soon)
    return len(waiting)


def pull_back(session: Session, now: datetime, by: timedelta) -> None:
    """Move all plans back by as much as the clock was set back, so that no section falls silent."""
    for section in session.scalars(select(Section).where(Section.enabled)):
        if section.next_visit_at is not None:
            section.next_visit_at = max(section.next_visit_at - by, now)
        if section.last_started_at is not None:
            section.last_started_at = min(section.last_started_at, now)


def plan_visit(
    section: Section, look: SectionLook, result: LookResult, *, theta: float, weight: float = 1.0
) -> None:
    """Set when a section is looked at next, from what this look showed; ends its lease.

    ``theta`` is what one request is worth, ``weight`` how much waiting matters here (``Budget``).
    A hub that told of news while the look was under way told of what it may not have seen.
    """
    section.lease_owner = section.lease_until = None
    if look.outcome == "stopped":
        return  # the look did not take place: still due
    _plan_after(section, look, result, theta=theta, weight=weight)
    session = object_session(section)
    pushed_at = pushed_since(session, section, look) if session else None
    if pushed_at is not None and section.next_visit_at is not None:
        follow_up = max(pushed_at, look.not_before or pushed_at)
        section.next_visit_at = min(section.next_visit_at, follow_up)


def _plan_after(
    section: Section, look: SectionLook, result: LookResult, *, theta: float, weight: float
) -> None:
    state = RhythmState.from_json(section.rhythm)
    now = look.arrived_at
    hints = _hints(section, look, weight)
    if not look.is_answered:
        section.failure_weight = aged(section.failure_weight, look.outcome)
        down_for = now - section.last_looked_at if section.last_looked_at else None
        section.next_visit_at = retry_at(
            now,
            section.failure_weight,
            usual=next_visit_at(state, now, theta, hints),
            key=f"{look.source}/{look.section}",
            asked=look.not_before,
            longest=longest_wait(look.outcome, down_for),
        )
        return
    section.failure_weight = 0.0
    dated, undated = _claims(result)
    state = observe(
        state,
        visited_at=now,
        published_at=dated,
        undated=undated,
        overflow=result.window_overflow,
    )
    section.rhythm = state.to_json()
    section.next_visit_at = next_visit_at(state, now, theta, hints)
    session = object_session(section)
    if session is not None and is_pushed(session, section, now):
        section.next_visit_at = max(section.next_visit_at, now + SAFETY_LOOK)


def _claims(result: LookResult) -> tuple[list[datetime], int]:
    """Return the usable claimed times of the fresh links, and how many have none."""
    news = [link for link in result.fresh if link.url_key not in result.older]
    dated = [
        link.date_published
        for link in news
        # A bare day has no clock time, and the rhythm is about hours.
        if link.date_published is not None and ":" in (link.date_published_raw or "")
    ]
    return dated, len(news) - len(dated)


def _hints(section: Section, look: SectionLook, weight: float) -> VisitHints:
    """Return what the publisher asks for; a look without a listing keeps the earlier wishes."""
    kept = dict(section.hints or {})
    if look.links is not None:
        kept["window_items"] = len(look.links)
    if look.update_interval is not None:
        kept["update_seconds"] = look.update_interval.total_seconds()
    if look.hub_url is not None:
        kept["hub_url"], kept["topic_url"] = look.hub_url, look.topic_url
    section.hints = kept or None
    return stored_hints(section, weight=weight, not_before=look.not_before)
