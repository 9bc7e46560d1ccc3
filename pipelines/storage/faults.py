"""What an error of the database means, judged by its code: its words may quote a publisher's."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipelines.operator_error import OperatorError


class DatabaseError(OperatorError):
    """The database cannot be used; the message says which, why, and what to do."""


class UndecidedError(Exception):
    """What became of a commit is not known yet; it will be in a moment."""


# SQLSTATE, PostgreSQL's appendix A. Two transactions that waited for each other or could not be
# ordered, time-outs that somebody set, a server that is going down, starting, or full of others.
_PASSING_STATES = frozenset(
    ("40P01", "40001", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "25P03", "53300")
)
# Classes and states that speak of the whole: connections, log-in, a database or a table that is not
# there, no resources, an operator's hand, the system, damage; a server that only reads.
_WHOLE_CLASSES = frozenset(("08", "28", "3D", "3F", "42", "53", "57", "58", "F0", "XX"))
_WHOLE_STATES = frozenset(("25006", "25P03"))
_LOST_STATES = frozenset(("42P01", "42703"))  # no such table, no such column

# Primary result codes, sqlite3.h. Each with SQLite's own text for it and what an operator is told.
_SQLITE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: (
        "database is locked",
        "another program has held the database for more than 30 s",
    ),
    sqlite3.SQLITE_LOCKED: (
        "database table is locked",
        "another program has held the database for more than 30 s",
    ),
    sqlite3.SQLITE_PROTOCOL: ("locking protocol", "the file's locks cannot be had"),
    sqlite3.SQLITE_READONLY: (
        "attempt to write a readonly database",
        "cannot be written; check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_IOERR: ("disk I/O error", "the disk refuses to write; is it full?"),
    sqlite3.SQLITE_CORRUPT: ("database disk image is malformed", "is damaged; restore a backup"),
    sqlite3.SQLITE_FULL: (
        "database or disk is full",
        "the disk is full; nothing was half written, free some space",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "unable to open database file",
        "cannot be opened; check the folder's permissions, and whether the file is there",
    ),
    sqlite3.SQLITE_NOTADB: (
        "file is not a database",
        "is not a database; name another file in database.url",
    ),
    sqlite3.SQLITE_PERM: ("access permission denied", "cannot be opened; check its permissions"),
    sqlite3.SQLITE_NOMEM: ("out of memory", "there is not enough memory"),
}
_SQLITE_PASSING = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM)
)
_BY_TEXT = {text: code for code, (text, _) in _SQLITE.items()}


def is_passing(error: Exception) -> bool:
    """Whether the same work may succeed a little later: the server went away, or a long lock."""
    if isinstance(error, (PoolTimeoutError, PendingRollbackError, UndecidedError)):
        return True  # all connections were taken; or this one was lost under the work
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or _sqlite_code(error) in _SQLITE_PASSING:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # Nothing the server said: the connection failed, was cut, or could not be made.
        return isinstance(error.orig, (psycopg.OperationalError, psycopg.InterfaceError))
    return state in _PASSING_STATES or state.startswith("08")


def is_fatal(error: Exception) -> bool:
    """Whether an error concerns the database as a whole: lost, full, damaged, unwritable."""
    if is_passing(error) or isinstance(error, DatabaseError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _WHOLE_STATES or state[:2] in _WHOLE_CLASSES
    return _sqlite_code(error) in _SQLITE or is_table_lost(error)


def is_forbidden(error: DBAPIError) -> bool:
    """Whether the server works, and this user may not do what was asked (SQLSTATE 42501)."""
    return getattr(error.orig, "sqlstate", None) == "42501"


def _sqlite_code(error: DBAPIError) -> int | None:
    """The primary result code; by the whole text where a driver gives no code."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return _BY_TEXT.get(str(error.orig)) if code is None else code & 0xFF


def is_table_lost(error: DBAPIError) -> bool:
    """Whether a table or a column of ours is gone: another file took the place of the database."""
    if getattr(error.orig, "sqlstate", None) in _LOST_STATES:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    # This code has many meanings, and what SQLite says begins with its own words.
    return code == sqlite3.SQLITE_ERROR and str(error.orig).startswith(
        ("no such table", "no such c")
    )


def reason(error: DBAPIError) -> str:
    """Return the driver's complaint in one line: never the statement, which holds article text."""
    if is_table_lost(error):
        return "a table of ours is gone or is not as it was; restore a backup"
    known = _SQLITE.get(_sqlite_code(error) or 0)
    return known[1] if known else " ".join(str(error.orig).split())[:300]


def told_in_one_line(error: Exception) -> str:
    """Return what is wrong with the database: never the statement, which holds article text."""
    if isinstance(error, DatabaseError):
        return str(error)
    if isinstance(error, PoolTimeoutError):
        return "all connections are taken"
    return reason(error) if isinstance(error, DBAPIError) else type(error).__name__
