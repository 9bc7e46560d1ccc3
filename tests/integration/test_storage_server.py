"""PostgreSQL that is away, refuses us, or goes away in the middle of the work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pipelines.storage.database import DatabaseError, explained, session_factory
from pipelines.storage.faults import is_passing
from pipelines.storage.models import Article
from pipelines.storage.schema import require_current
from pipelines.storage.writer import Writer
from pipelines.store import store_once_more
from tests.conftest import run_on_server
from tests.examples import make_item

OpenDatabase = Callable[..., Engine]


@pytest.fixture
def server_database(postgres_database: Callable[[str], str], postgres_template: str) -> str:
    return postgres_database(postgres_template)


@pytest.fixture
def dialect() -> str:
    """This file is about PostgreSQL alone."""
    return "postgresql"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://analyst:s3cret@127.0.0.1:1/archive",  # nobody listens
        "postgresql://analyst:s3cret@/archive?host=/nonexistent",
    ],
)
def test_a_server_that_is_down_is_told_without_the_password(
    url: str, open_database: OpenDatabase
) -> None:
    with pytest.raises(DatabaseError) as error, explained(url):
        require_current(open_database(url))

    told = str(error.value)
    assert told.startswith("postgresql://analyst:***@")
    assert "s3cret" not in told
    assert "\n" not in told


def test_a_wrong_password_is_told_without_it(
    postgres_server: str, open_database: OpenDatabase
) -> None:
    url = make_url(postgres_server).set(username="nobody_we_know", password="s3cret")
    shown = url.render_as_string(hide_password=False)

    with pytest.raises(DatabaseError, match="nobody_we_know") as error, explained(shown):
        require_current(open_database(shown))

    assert "s3cret" not in str(error.value)


def test_a_database_that_does_not_exist_is_told(
    postgres_server: str, open_database: OpenDatabase
) -> None:
    url = make_url(postgres_server).set(database="no_such_archive")
    shown = url.render_as_string(hide_password=False)

    with pytest.raises(DatabaseError, match="no_such_archive"), explained(shown):
        require_current(open_database(shown))


def test_a_reader_cannot_write(server_database: str, open_database: OpenDatabase) -> None:
    engine = open_database(server_database, read_only=True)

    with (
        pytest.raises(DatabaseError, match="read-only"),
        explained(server_database),
        engine.begin() as connection,
    ):
        connection.execute(text("DELETE FROM visits"))


# ---------------------------------------------------------------- restarts


def end_connections(server: str, url: str) -> None:
    name = make_url(url).database
    run_on_server(
        server,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND pid <> pg_backend_pid()",
    )


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def writer(engine: Engine, pauses: list[float]) -> Any:
    writer = Writer(session_factory(engine), sleep=pauses.append)
    yield writer
    writer.close()


def store(writer: Writer, path: str) -> Future[Any]:
    body = f"The text of {path}. " * 20
    item = make_item(path, headline=path, article_body=body)
    return writer.submit(lambda session: store_once_more(session, item))


def count_articles(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Article)) or 0


def test_connections_cut_between_two_pieces_of_work_are_made_again(
    writer: Writer, engine: Engine, postgres_server: str, database_url: str
) -> None:
    store(writer, "/2026/before-the-restart-1").result(10)
    end_connections(postgres_server, database_url)

    result = store(writer, "/2026/after-the-restart-2").result(10)

    assert result.outcome == "new"
    assert count_articles(engine) == 2


def test_connections_cut_in_the_middle_of_work_cost_nothing(
    writer: Writer, engine: Engine, postgres_server: str, database_url: str, pauses: list[float]
) -> None:
    cuts = iter([True, False])

    def cut_once(session: Session) -> str:
        session.execute(text("SELECT 1"))
        if next(cuts):
            end_connections(postgres_server, database_url)
        session.execute(text("SELECT 1"))
        return "done"

    first = store(writer, "/2026/before-the-cut-1")
    cut = writer.submit(cut_once)
    last = store(writer, "/2026/after-the-cut-2")

    assert cut.result(10) == "done"
    assert {first.result(10).outcome, last.result(10).outcome} == {"new"}
    assert count_articles(engine) == 2
    assert len(pauses) == 1


def test_a_server_that_refuses_while_it_starts_is_asked_again(
    writer: Writer, engine: Engine, postgres_server: str, database_url: str, pauses: list[float]
) -> None:
    """What a restart looks like from outside: cut connections, then none, then all is well."""
    name = make_url(database_url).database
    opening = sleep_and_open(postgres_server, str(name), pauses, after=3)
    writer._sleep = opening
    run_on_server(postgres_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    end_connections(postgres_server, database_url)

    result = store(writer, "/2026/during-the-restart-1").result(20)

    assert result.outcome == "new"
    assert len(pauses) == 3
    assert pauses == sorted(pauses)
    assert count_articles(engine) == 1


def sleep_and_open(
    server: str, name: str, pauses: list[float], *, after: int
) -> Callable[[float], None]:
    """Return a sleep that lets connections in again after so many pauses."""

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == after:
            run_on_server(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    return sleep


def test_a_server_that_stays_away_fails_the_work_after_a_minute(
    engine: Engine, postgres_server: str, database_url: str
) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    writer = Writer(session_factory(engine), sleep=sleep, clock=lambda: now[0])
    name = make_url(database_url).database
    run_on_server(postgres_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    end_connections(postgres_server, database_url)

    with pytest.raises(OperationalError) as error:
        store(writer, "/2026/nobody-there-1").result(20)
    writer.close()

    assert is_passing(error.value)
    assert 20 < now[0] <= 60


def test_two_programs_that_wait_for_each_other_both_finish(
    engine: Engine, database_url: str, open_database: OpenDatabase
) -> None:
    """PostgreSQL ends a deadlock by failing one side, which has only to try again."""
    both_hold_one = threading.Barrier(2, timeout=10)
    tries: list[str] = []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counters (id INT PRIMARY KEY, n INT)"))
        connection.execute(text("INSERT INTO counters VALUES (1, 0), (2, 0)"))

    def in_order(name: str, first: int, second: int) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            tries.append(name)
            add = text("UPDATE counters SET n = n + 1 WHERE id = :id")
            session.execute(add, {"id": first})
            if tries.count(name) == 1:
                both_hold_one.wait()
            session.execute(add, {"id": second})

        return work

    writers = [Writer(session_factory(e)) for e in (engine, open_database(database_url))]
    futures = [
        writers[0].submit(in_order("a", 1, 2)),
        writers[1].submit(in_order("b", 2, 1)),
    ]
    for future in futures:
        future.result(20)
    for writer in writers:
        writer.close()

    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counters")).scalars().all() == [2, 2]
    assert len(tries) == 3
