"""Asks a database one question: read-only, within a time limit, answered row by row."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

import psycopg
from sqlalchemy import Engine

from pipelines.storage.columns import utc_text
from pipelines.storage.database import DatabaseError, open_engine
from pipelines.storage.query_mistakes import explain_postgres, explain_sqlite
from pipelines.storage.schema import require_current
from pipelines.storage.sql_text import QueryError, Statement, read_statement

_ROWS_AT_ONCE = 1000
_STEPS_BETWEEN_CHECKS = 20_000  # of SQLite's machine: some milliseconds
_LONGEST_VALUE = 256 << 20  # bytes; a question must not fill the memory with one text
# SQLite asks before each thing a statement would do; these read. Full-text search looks at
# data_version by itself.
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_HARMLESS_PRAGMAS = frozenset({"data_version", "table_info", "table_xinfo", "index_list"})
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer"})

Row = tuple[Any, ...]


class TimeLimitError(DatabaseError):
    """The question took longer than allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``rows`` are read as they are needed, their values plain: text, numbers, None."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


class _Stopwatch:
    """Counts only the time the database works, not the time the reader takes for a batch."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._used = 0.0
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._used += time.monotonic() - self._since
            self._since = None

    @property
    def left(self) -> float | None:
        """Seconds left, never negative; None: no limit."""
        if self._seconds is None:
            return None
        now = 0.0 if self._since is None else time.monotonic() - self._since
        return max(0.0, self._seconds - self._used - now)

    def error(self) -> TimeLimitError:
        return TimeLimitError(
            f"stopped after {self._seconds:g} s: ask for a shorter period, or raise --time-limit"
        )


@contextmanager
def ask(
    url: str, query: str, values: Mapping[str, str] | None = None, *, seconds: float | None = None
) -> Iterator[Answer]:
    """Ask a question and give the answer while the block lasts.

    ``values`` are those of the query's parameters. Raises QueryError for what is wrong with the
    question, TimeLimitError after ``seconds`` of the database's work, DatabaseError for the rest.
    """
    statement = read_statement(query)
    given = values or {}
    if missing := [name for name in statement.parameters if name not in given]:
        raise QueryError(f"the query asks for :{missing[0]}; say --set {missing[0]}=VALUE")
    wanted = {name: given[name] for name in statement.parameters}
    engine = open_engine(url, read_only=True)
    try:
        require_current(engine)
        asked = _ask_sqlite if engine.dialect.name == "sqlite" else _ask_postgres
        with asked(engine, statement, wanted, _Stopwatch(seconds)) as answer:
            yield answer
    finally:
        engine.dispose()


# ---------------------------------------------------------------- SQLite


@contextmanager
def _ask_sqlite(
    engine: Engine, statement: Statement, values: Mapping[str, str], watch: _Stopwatch
) -> Iterator[Answer]:
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    try:
        _restrict(connection, watch)
        with _sqlite_faults(connection, statement, watch), watch.running():
            cursor = connection.execute(
                statement.sql, {name: _number_or_text(text) for name, text in values.items()}
            )
        columns = tuple(column[0] for column in cursor.description)
        yield Answer(columns, _sqlite_rows(connection, cursor, statement, watch))
    finally:
        connection.set_progress_handler(None, 0)
        pooled.close()


def _restrict(connection: sqlite3.Connection, watch: _Stopwatch) -> None:
    # The file is open for reading already (mode=ro, query_only); this shuts what is beside it.
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.text_factory = _any_text
    connection.set_authorizer(_may)
    connection.set_progress_handler(lambda: watch.left == 0, _STEPS_BETWEEN_CHECKS)


def _may(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in _HARMLESS_PRAGMAS else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        return sqlite3.SQLITE_OK  # so SQLite tells of a virtual table it opens; no row is written
    if action == sqlite3.SQLITE_FUNCTION and second in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _any_text(found: bytes) -> str:
    return found.decode("utf-8", "replace")


def _number_or_text(text: str) -> str | int:
    """Return whole numbers as such: SQLite compares 3 and '3' only where a column says how."""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else text


def _sqlite_rows(
    connection: sqlite3.Connection,
    cursor: sqlite3.Cursor,
    statement: Statement,
    watch: _Stopwatch,
) -> Iterator[Row]:
    while True:
        with _sqlite_faults(connection, statement, watch), watch.running():
            rows = cursor.fetchmany(_ROWS_AT_ONCE)
        if not rows:
            return
        yield from map(_plain_row, rows)


@contextmanager
def _sqlite_faults(
    connection: sqlite3.Connection, statement: Statement, watch: _Stopwatch
) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise watch.error() from None
        raise explain_sqlite(error, statement.sql) from error
    except OverflowError as error:  # a number no database holds
        raise QueryError(str(error)) from error


# ---------------------------------------------------------------- PostgreSQL


@contextmanager
def _ask_postgres(
    engine: Engine, statement: Statement, values: Mapping[str, str], watch: _Stopwatch
) -> Iterator[Answer]:
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)
    cursor: psycopg.ServerCursor[Any] | None = None
    try:
        connection.execute("SET TRANSACTION READ ONLY")
        with _postgres_faults(statement, watch), watch.running():
            _limit(connection, watch)
            # The server keeps the answer and hands it over in parts. A cursor is declared for one
            # question only, in the protocol that takes no second statement.
            cursor = connection.cursor(name="answer")
            cursor.execute(statement.for_psycopg().encode(), dict(values))
            columns = tuple(column.name for column in cursor.description or ())
        rows = _postgres_rows(connection, cursor, statement, watch)
        # The server works when rows are fetched: what fails at once fails before it is shown.
        first = next(rows, None)
        yield Answer(columns, rows if first is None else chain((first,), rows))
    finally:
        connection.rollback()  # also after a failure, in which nothing else may be said
        if cursor is not None:
            cursor.close()
        pooled.close()


def _limit(connection: psycopg.Connection[Any], watch: _Stopwatch) -> None:
    left = watch.left
    if left == 0:
        raise watch.error()
    # 0 means no limit to PostgreSQL; a question may have set another, so it is said each time.
    milliseconds = 0 if left is None else max(1, int(left * 1000))
    connection.execute(f"SET LOCAL statement_timeout = {milliseconds}".encode())


def _postgres_rows(
    connection: psycopg.Connection[Any],
    cursor: psycopg.ServerCursor[Any],
    statement: Statement,
    watch: _Stopwatch,
) -> Iterator[Row]:
    while True:
        with _postgres_faults(statement, watch), watch.running():
            _limit(connection, watch)
            rows = cursor.fetchmany(_ROWS_AT_ONCE)
        if not rows:
            return
        yield from map(_plain_row, rows)


@contextmanager
def _postgres_faults(statement: Statement, watch: _Stopwatch) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise watch.error() from None
    except psycopg.Error as error:
        raise explain_postgres(error, statement.sql) from error


# ---------------------------------------------------------------- values


def _plain_row(row: Sequence[Any]) -> Row:
    return tuple(map(_plain, row))


def _plain(value: Any) -> Any:
    """Return a value as both databases would give it."""
    if value is None or isinstance(value, str | float):
        return value
    if isinstance(value, int):  # PostgreSQL's true is SQLite's 1
        return int(value)
    if isinstance(value, datetime):
        return utc_text(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return json.dumps(value, ensure_ascii=False, default=str)
