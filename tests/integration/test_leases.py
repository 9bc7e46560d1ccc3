"""Whose claim on a host stands, whatever became of its owner; on both databases."""

from __future__ import annotations

import asyncio
import os
import socket
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from crawler.batch import Crawls
from crawler.schedule import batches
from crawler.schedule.batches import Claims, crawl_claimed
from crawler.schedule.due import claim_due, new_owner
from crawler.schedule.leases import LEASE
from pipelines.storage.models import Article, Section
from pipelines.store import store_article
from tests.examples import NOON, at, make_item

Sessions = sessionmaker[Session]
SECOND = timedelta(seconds=1)
DEAD = {
    "another machine's, ended": lambda: "elsewhere:1:1",
    "a process that is gone": lambda: f"{socket.gethostname()}:{2**22 + 1}:1",
    "a former process of our number": lambda: f"{socket.gethostname()}:{os.getpid()}:former.1",
}


def claims_of(sessions: Sessions, minute: float, owner: str) -> set[str]:
    with sessions.begin() as session:
        due = claim_due(session, now=at(minute), owner=owner, most_lanes=9, sources={"valley-post"})
    return {claimed.lane for claimed in due}


def only_articles_are_due(sessions: Sessions) -> None:
    with sessions.begin() as session:
        store_article(session, make_item())
        for section in session.query(Section):
            section.next_visit_at = at(600)


@pytest.mark.parametrize("dead", DEAD.values(), ids=DEAD)
@pytest.mark.parametrize("what", ["sections", "articles"])
def test_a_host_whose_owner_died_is_claimed_once(sessions: Sessions, dead: Any, what: str) -> None:
    if what == "articles":
        only_articles_are_due(sessions)
    assert claims_of(sessions, 20, dead())

    later = 20 + (LEASE + SECOND) / timedelta(minutes=1)
    claims = [claims_of(sessions, later + n / 6, f"elsewhere:2:{n}") for n in range(3)]

    assert [bool(claimed) for claimed in claims] == [True, False, False]


def test_a_lease_of_a_clock_that_was_ahead_is_written_over(sessions: Sessions) -> None:
    only_articles_are_due(sessions)
    with sessions.begin() as session:
        for section in session.query(Section):
            section.lease_owner, section.lease_until = "elsewhere:1:1", at(60 * 24 * 365)

    claims = [claims_of(sessions, 20 + n / 6, f"elsewhere:2:{n}") for n in range(2)]

    assert [bool(claimed) for claimed in claims] == [True, False]


def test_articles_planned_by_a_clock_that_was_ahead_are_looked_at_again(
    sessions: Sessions,
) -> None:
    only_articles_are_due(sessions)
    with sessions.begin() as session:
        session.query(Article).one().next_check_at = NOON + timedelta(days=365)

    assert claims_of(sessions, 20, "elsewhere:1:1")


def test_no_two_processes_give_out_one_name() -> None:
    assert new_owner(1) != new_owner(2)
    assert len(new_owner(10**9)) <= 100


class FailingClaims:
    """Claims whose database is away for the first renewals, and at the end."""

    def __init__(self, failures: int) -> None:
        self.failures, self.renewed = failures, 0

    def renew(self, owner: str) -> None:
        if self.failures:
            self.failures -= 1
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))
        self.renewed += 1

    def release(self, owner: str) -> None:
        raise OperationalError("UPDATE", {}, Exception("server closed the connection"))


@pytest.mark.parametrize("failures", [1, 3])
def test_renewing_goes_on_after_a_renewal_failed(
    failures: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(batches, "RENEW_EVERY", timedelta(seconds=0.01))
    claims = FailingClaims(failures)

    async def crawl(definitions: object, *, deadline: object) -> str:
        for _ in range(500):
            await asyncio.sleep(0.01)
            if claims.renewed >= 2:
                break
        return "report"

    crawls = cast(Crawls, SimpleNamespace(crawl=crawl))
    report = asyncio.run(crawl_claimed(crawls, cast(Claims, claims), [], "here:1:1"))

    assert report == "report"  # also where the claims could not be given back
    assert claims.renewed >= 2
    assert caplog.text.count("claims not renewed") == failures
