"""The database goes away under a crawl: reads wait as writes do, and no site is blamed."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from pipelines.looks import LedgerError, PageOutcome
from pipelines.storage import patience
from pipelines.storage.archive import Archive
from pipelines.storage.database import open_engine, parse_url, session_factory
from pipelines.storage.faults import is_fatal, is_passing
from pipelines.storage.memory_models import HoldOff
from pipelines.storage.server import open_server
from pipelines.storage.writer import Writer
from tests.conftest import run_on_server
from tests.examples import NOON, make_look
from tests.integration.tcp_proxy import Line

URL = "https://valleypost.example/2026/levy-1"


@pytest.fixture
def server_url(postgres_database: Callable[[str], str], postgres_template: str) -> str:
    return postgres_database(postgres_template)


@pytest.fixture
def line(server_url: str) -> Iterator[Line]:
    with Line(server_url) as opened:
        yield opened


@pytest.fixture
def archive(line: Line) -> Iterator[Archive]:
    engines = [open_engine(line.url, hurried=True), open_engine(line.url, read_only=True)]
    opened = Archive(*engines)
    yield opened
    opened.close()
    for engine in engines:
        engine.dispose()


def page(**more: Any) -> PageOutcome:
    values: dict[str, Any] = {
        "url": URL,
        "url_key": "valleypost.example/2026/levy-1",
        "source": "harbour-courier",
        "outcome": "failed",
        "at": NOON,
        "retry_at": NOON,
    }
    return PageOutcome(**(values | more))


def pages(url: str) -> int:
    return int(run_on_server(url, "SELECT coalesce(sum(tries), 0) FROM pages")[0][0])


async def soon(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


# ---------------------------------------------------------------- reads


READS: dict[str, Callable[[Archive], Any]] = {
    "host state": lambda a: a.hosts.recall(
        origin="https://courier.example", lane="courier.example", url="https://courier.example/x"
    ),
    "render notes": lambda a: a.render_notes.load("harbour-courier", "politics"),
    "lesson": lambda a: a.lesson("harbour-courier"),
    "addresses": lambda a: a.known_addresses("harbour-courier", 5),
    "due re-checks": lambda a: a.due_rechecks("harbour-courier", NOON, 5),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_waits_for_a_database_that_comes_back(
    read: Callable[[Archive], Any], archive: Archive, line: Line
) -> None:
    async def work() -> Any:
        await read(archive)  # there are connections to be cut
        archive.hosts._robots.clear()
        line.cut(refuse=True)
        asking = asyncio.ensure_future(read(archive))
        await asyncio.sleep(1)
        assert not asking.done()
        line.mend()
        return await asking

    asyncio.run(work())
    assert archive.failure is None


def test_a_server_that_says_nothing_does_not_stop_the_loop(server_url: str) -> None:
    with Line(server_url) as line:
        engines = [open_server(parse_url(line.url), answer_seconds=1.0) for _ in range(2)]
        archive = Archive(*engines)

        async def work() -> list[str]:
            await archive.lesson("harbour-courier")
            line.silence()
            asking = asyncio.ensure_future(archive.lesson("harbour-courier"))
            began, turns = time.monotonic(), 0
            while time.monotonic() - began < 1.5:
                await asyncio.sleep(0.01)
                turns += 1
            line.cut()
            line.mend()
            return [str(turns > 50), str(await asking)]

        assert asyncio.run(work()) == ["True", "None"]
        assert archive.failure is None
        archive.close()
        for engine in engines:
            engine.dispose()


@pytest.mark.parametrize("by", ["read", "write"])
def test_a_database_that_stays_away_ends_the_run_and_nothing_more_is_written(
    by: str, archive: Archive, line: Line, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_SECONDS", 1.0)
    told: list[Exception] = []
    archive.on_failure = told.append

    async def work() -> None:
        line.cut(refuse=True)
        first = archive.lesson("harbour-courier") if by == "read" else archive.record_page(page())
        with pytest.raises(LedgerError):
            await first
        line.mend()  # too late: what waited in vain would be held against the sites
        for late in (archive.record_page(page()), archive.lesson("harbour-courier")):
            with pytest.raises(LedgerError):
                await late
        archive.hosts.hold("courier.example", NOON)
        await asyncio.sleep(0.2)

    asyncio.run(work())
    assert len(told) == 1
    assert archive.failure is told[0]
    assert pages(server_url) == 0
    assert run_on_server(server_url, "SELECT count(*) FROM hold_offs") == [(0,)]


def test_an_outage_is_told_once_however_many_wait(
    archive: Archive, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        line.cut(refuse=True)
        waiting = [
            asyncio.ensure_future(archive.known_addresses("harbour-courier", n)) for n in range(9)
        ]
        waiting.append(asyncio.ensure_future(archive.record_page(page())))
        await asyncio.sleep(2)
        line.mend()
        await asyncio.gather(*waiting)

    caplog.set_level("INFO")
    asyncio.run(work())
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("pipelines.storage")]
    assert [line.split(",")[0].split(":")[0] for line in lines] == [
        "database away",
        "database back",
    ]


# ---------------------------------------------------------------- commits


def test_a_commit_whose_answer_is_lost_is_not_done_twice(
    archive: Archive, line: Line, server_url: str
) -> None:
    async def work() -> Any:
        await archive.record_page(page())
        line.cut_commits = 1
        look = make_look("/2026/a-1", source="harbour-courier")
        return await asyncio.gather(
            archive.record_page(page()), archive.record_look(look), archive.record_page(page())
        )

    results = asyncio.run(work())

    assert line.cut_commits == 0
    assert pages(server_url) == 3
    visits = run_on_server(server_url, "SELECT id FROM visits")
    assert visits == [(results[1].visit_id,)]


def test_a_transaction_that_the_server_still_holds_is_ended_before_its_work_is_repeated(
    line: Line, server_url: str
) -> None:
    """Its locks would keep the repetition waiting until the server misses us, hours later."""
    engine = open_server(parse_url(line.url), answer_seconds=1.0)
    writer = Writer(session_factory(engine), sleep=lambda seconds: time.sleep(0.05))
    tries: list[int] = []

    def work(session: Session) -> int:
        session.add(HoldOff(lane="courier.example", held_until=NOON))
        session.flush()
        tries.append(1)
        if len(tries) == 1:
            line.silence()
            line._pairs.clear()  # the server is never told
            threading.Timer(1.5, line.mend).start()
            session.execute(text("SELECT 1"))
        return len(tries)

    assert writer.submit(work).result(20) == 2
    writer.close()
    engine.dispose()
    assert run_on_server(server_url, "SELECT count(*) FROM hold_offs") == [(1,)]


# ---------------------------------------------------------------- what an error means


def of_server(kind: type[psycopg.Error], told: str) -> DBAPIError:
    return OperationalError("INSERT ...", {}, kind(told))


def of_sqlite(provoke: Callable[[sqlite3.Connection], Any], path: Path) -> DBAPIError:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        with pytest.raises(sqlite3.Error) as error:
            provoke(connection)
    finally:
        connection.close()
    return OperationalError("INSERT ...", {}, error.value)


def full(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 3")
    connection.execute("CREATE TABLE t (x)")
    connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def quoting(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE t (x TEXT CHECK (x <> 'database or disk is full'))")
    connection.execute("INSERT INTO t VALUES ('database or disk is full')")


def locked(connection: sqlite3.Connection) -> None:
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        other.close()


@pytest.mark.parametrize(
    ("provoke", "passing", "fatal"),
    [
        (full, False, True),
        (quoting, False, False),
        (locked, True, True),
        (lambda c: c.execute("SELECT * FROM articles"), False, True),
        (lambda c: c.execute("SELECT json('no such table: x')"), False, False),
    ],
)
def test_what_sqlite_means_is_read_from_its_code(
    provoke: Callable[[sqlite3.Connection], Any], passing: bool, fatal: bool, tmp_path: Path
) -> None:
    error = of_sqlite(provoke, tmp_path / "any.db")
    assert (is_passing(error), is_fatal(error)) == (passing, fatal)


@pytest.mark.parametrize(
    ("error", "passing", "fatal"),
    [
        (of_server(errors.DiskFull, "no space left"), False, True),
        (of_server(errors.AdminShutdown, "terminating connection"), True, True),
        (of_server(errors.CannotConnectNow, "starting up"), True, True),
        (of_server(errors.QueryCanceled, "statement timeout"), True, True),
        (of_server(errors.TooManyConnections, "too many clients"), True, True),
        (of_server(errors.ReadOnlySqlTransaction, "read-only"), False, True),
        (of_server(errors.UndefinedTable, "no table"), False, True),
        (of_server(errors.DataCorrupted, "invalid page"), False, True),
        (of_server(errors.StringDataRightTruncation, "value too long: 'disk full'"), False, False),
        (of_server(errors.InvalidTextRepresentation, "'database is locked'"), False, False),
        (of_server(psycopg.OperationalError, "consuming input failed"), True, True),
        (DataError("INSERT ...", {}, psycopg.DataError("disk full of malformed")), False, False),
        (PoolTimeoutError("QueuePool limit"), True, True),
    ],
)
def test_what_postgresql_means_is_read_from_its_state(
    error: Exception, passing: bool, fatal: bool
) -> None:
    assert (is_passing(error), is_fatal(error)) == (passing, fatal)
