"""What a hub tells of while a look is under way is looked for after it; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.schedule.due import plan_visit
from pipelines.storage.hubs import note_push, wanted_subscriptions
from pipelines.storage.memory_models import HubSubscription
from pipelines.storage.models import Section
from pipelines.storage.sources import find_section
from pipelines.storage.visits import record_look
from tests.examples import NOON, at, make_look

Sessions = sessionmaker[Session]


def subscribed(session: Session, **more: Any) -> Section:
    section = find_section(session, "valley-post", "politics")
    section.last_looked_at = at(-60)
    values = {
        "hub_url": "https://hub.example/",
        "topic_url": section.url,
        "token": "t",
        "secret": "s",
        "state": "active",
        "requested_at": at(-60),
        "expires_at": at(60 * 24 * 7),
    }
    session.add(HubSubscription(section_id=section.id, **(values | more)))
    section.hints = {"hub_url": values["hub_url"], "topic_url": values["topic_url"]}
    return section


def planned_after(sessions: Sessions, pushed_at: datetime | None, **look: Any) -> datetime:
    """Return the plan after a look that began at noon and was answered a minute later."""
    with sessions.begin() as session:
        subscribed(session)
    if pushed_at is not None:
        with sessions.begin() as session:
            note_push(session, "t", now=pushed_at)
    with sessions.begin() as session:
        seen = make_look("/2026/one-story-1", started_at=NOON, arrived_at=at(1), **look)
        record_look(session, seen, lambda s, n, r: plan_visit(s, n, r, theta=1000.0))
    with sessions() as session:
        planned = find_section(session, "valley-post", "politics").next_visit_at
    assert planned is not None
    return planned


@pytest.mark.parametrize("minute", [0.1, 1.0, 1.2])
@pytest.mark.parametrize("outcome", ["ok", "timeout", "stopped"])
def test_a_push_during_a_look_is_followed_up_at_once(
    sessions: Sessions, minute: float, outcome: str
) -> None:
    assert planned_after(sessions, at(minute), outcome=outcome) <= at(minute)


@pytest.mark.parametrize("pushed_at", [None, at(-1), NOON, NOON + timedelta(days=365)], ids=str)
def test_what_a_look_may_have_seen_is_not_followed_up(
    sessions: Sessions, pushed_at: datetime | None
) -> None:
    assert planned_after(sessions, pushed_at) >= at(1) + timedelta(hours=1)


def test_a_push_does_not_overrule_a_pause_the_host_asked_for(sessions: Sessions) -> None:
    until = at(30)
    assert planned_after(sessions, at(0.5), outcome="http-429", not_before=until) == until


@pytest.mark.parametrize(
    ("requested_at", "expires_at", "state"),
    [
        (at(-60), NOON + timedelta(days=400), "active"),
        (NOON + timedelta(days=365), None, "requested"),
        (NOON + timedelta(days=365), None, "denied"),
    ],
)
def test_a_subscription_dated_by_a_clock_that_was_ahead_is_asked_for_again(
    sessions: Sessions, requested_at: datetime, expires_at: datetime | None, state: str
) -> None:
    with sessions.begin() as session:
        subscribed(session, requested_at=requested_at, expires_at=expires_at, state=state)
    with sessions.begin() as session:
        assert len(wanted_subscriptions(session, NOON)) == 1
    with sessions() as session:
        assert session.scalars(select(HubSubscription.requested_at)).one() == NOON
