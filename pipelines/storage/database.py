"""Opens the database, SQLite or PostgreSQL, and says in one line what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from pipelines.storage.faults import DatabaseError as DatabaseError
from pipelines.storage.faults import reason
from pipelines.storage.server import ANSWER_SECONDS, open_server

BUSY_TIMEOUT_SECONDS = 30  # a writer waits this long for another program's write transaction
_OUR_TABLE = "article_search"  # made by our first migration


def parse_url(url: str) -> URL:
    """Return the SQLAlchemy address of ``url``; PostgreSQL always goes through psycopg 3.

    Raises DatabaseError for other databases and unreadable addresses.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise DatabaseError(
            "database.url is not a database address; "
            "use sqlite:///file.db or postgresql://user@host/name"
        ) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise DatabaseError(
            f"database.url: {backend!r} is not supported; use sqlite:///file.db or postgresql://..."
        )
    return parsed if backend == "sqlite" else parsed.set(drivername="postgresql+psycopg")


def open_engine(
    url: str, *, create: bool = False, read_only: bool = False, hurried: bool = False
) -> Engine:
    """Return an engine for ``url``. An SQLite file is made only when ``create`` is true.

    A ``hurried`` one counts a PostgreSQL server that says nothing as lost: for short statements.
    Raises DatabaseError when the file is missing, or its folder is.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, create=create, read_only=read_only)
    limits = {"answer_seconds": ANSWER_SECONDS, "idle_seconds": 2 * ANSWER_SECONDS}
    return open_server(parsed, read_only=read_only, **(limits if hurried else {}))


@lru_cache(maxsize=8)
def shared_engine(url: str, *, read_only: bool = False) -> Engine:
    """Return the engine that all crawls of this process share for ``url``; never disposed of.

    A daemon crawls a thousand times a day, and SQLAlchemy learns every statement anew for each
    engine, keeping what it learnt. Raises DatabaseError like ``open_engine``.
    """
    return open_engine(url, read_only=read_only, hurried=True)


def real_path(url: URL) -> Path:
    """Return where an SQLite file really is: a link to a database is that database."""
    return Path(str(url.database)).resolve()


def _open_sqlite(url: URL, *, create: bool, read_only: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseError("database.url: SQLite needs a file, as in sqlite:///firstseen.db")
    path = Path(url.database)
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder; name a file in database.url")
    if not path.exists() and not create:
        raise DatabaseError(f"{path}: no database there yet; `firstseen crawl` makes it")
    if not path.parent.is_dir():
        raise DatabaseError(f"{path}: the folder {path.parent} does not exist")
    mode = "ro" if read_only else "rwc" if create else "rw"
    first: list[os.stat_result] = []

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{real_path(url).as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_TIMEOUT_SECONDS,
            check_same_thread=False,
        )
        now = path.stat()
        if first and not os.path.samestat(first[0], now):
            connection.close()
            raise DatabaseError(f"{path}: was exchanged while firstseen was running; start it anew")
        first[:] = [now]
        # Python's own implicit BEGIN would leave DDL outside the transaction.
        connection.isolation_level = None
        return connection

    # Connections to a local file are cheap; a pool would keep file handles of idle threads.
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "connect", _prepare_sqlite if not read_only else _prepare_sqlite_reader)
    event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not names or _OUR_TABLE in names:
        # The mode is written into the file, and another program's file is not ours to change.
        connection.execute("PRAGMA journal_mode = WAL")
    # FULL: what was committed survives a power cut, and evidence is what we sell.
    connection.execute("PRAGMA synchronous = FULL")


def _prepare_sqlite_reader(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _begin_writing(connection: Connection) -> None:
    # A deferred BEGIN fails at once with "database is locked" when it turns from reader to writer.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return sessions whose rows stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what the driver raises into a DatabaseError of one line, without the password."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(f"{shown_url(url)}: {reason(error)}") from error
    except SQLAlchemyError as error:
        raise DatabaseError(f"{shown_url(url)}: {type(error).__name__}") from error


def shown_url(url: str) -> str:
    """Return the address as it may be shown: an SQLite path, or PostgreSQL without password."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return str(parsed.database)
    return parsed.set(drivername="postgresql").render_as_string(hide_password=True)
