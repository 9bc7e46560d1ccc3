"""A daemon on a full disk: told once, nobody asked in vain, looked at again once there is space."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crawler.batch import BatchReport
from crawler.schedule.batches import Claims
from crawler.schedule.own_database import OwnDatabase
from pipelines.storage.faults import is_fatal
from pipelines.storage.models import Section
from pipelines.storage.visits import record_look
from tests.examples import at, make_look

FULL = OperationalError("INSERT ...", {}, sqlite3.OperationalError("database or disk is full"))


class Disk:
    """Lets an SQLite engine grow, or not."""

    def __init__(self, engine: Engine) -> None:
        self.is_full = False
        event.listen(engine, "connect", self._limit)

    def _limit(self, connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2 if self.is_full else 1 << 30}")


@pytest.fixture
def dialect() -> str:
    """PostgreSQL's disk is not ours to fill."""
    return "sqlite"


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def claims(database_url: str) -> Claims:
    return Claims(database_url, clock=lambda: at(10))


def failed_batch() -> BatchReport:
    return BatchReport((), (), {"firstseen/stored/failed": 80}, 3, FULL)


def test_batches_begin_again_once_there_is_space_and_no_earlier(
    claims: Claims, now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    disk = Disk(claims._engine)
    own = OwnDatabase(claims, monotonic=lambda: now[0])
    asked: list[float] = []

    def claim() -> list[object]:
        asked.append(now[0])
        return []

    with claims._sessions.begin() as session:
        record_look(session, make_look("/2026/a-1", minute=5))
        for section in session.query(Section):
            section.next_visit_at = at(600)
            section.last_started_at = at(20)
    disk.is_full = True
    caplog.set_level("INFO")
    for _ in range(6):  # as many batches were at work
        own.saw(failed_batch())
    for now[0] in range(0, 120, 10):
        own.claimed(claim)  # type: ignore[arg-type]  # nothing is claimed
    assert asked == []
    disk.is_full = False
    for now[0] in range(120, 160, 10):
        own.claimed(claim)  # type: ignore[arg-type]

    assert asked == [120, 130, 140, 150]
    told = [r.getMessage() for r in caplog.records if r.name == "crawler.schedule.own_database"]
    assert len(told) == 2, told
    assert "the disk is full" in told[0]
    assert told[1] == "the database can be written again, looking again sections=3"
    with Session(claims._engine) as session:
        assert all(s.next_visit_at < at(60) for s in session.query(Section))


def test_a_claim_that_meets_the_full_disk_is_told_in_one_line(
    claims: Claims, now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    own = OwnDatabase(claims, monotonic=lambda: now[0])

    def claim() -> list[object]:
        raise FULL

    for now[0] in range(9):
        assert own.claimed(claim) == []  # type: ignore[arg-type]
    assert len(caplog.records) == 1
    with pytest.raises(ValueError, match="a fault"):
        OwnDatabase(claims).claimed(lambda: (_ for _ in ()).throw(ValueError("a fault")))


def test_a_batch_tells_what_was_not_stored() -> None:
    assert failed_batch().log_line == (
        "batch sections=0 failed=0 articles=0 not_stored=80 unfinished=3"
    )
    assert failed_batch().exit_status == 1
    assert BatchReport((), (), {}).log_line == "batch sections=0 failed=0 articles=0"
    assert is_fatal(FULL)


def test_pauses_grow_while_space_is_gone_with_the_first_article(
    claims: Claims, now: list[float], tmp_path: Path
) -> None:
    own = OwnDatabase(claims, monotonic=lambda: now[0])
    begun: list[float] = []
    for now[0] in range(0, 3600, 10):
        own.claimed(lambda: begun.append(now[0]) or [])  # type: ignore[func-returns-value]
        if begun and begun[-1] == now[0]:
            own.saw(failed_batch())
    assert 8 <= len(begun) <= 20
