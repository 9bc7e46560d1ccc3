"""Tells what is wrong with a query, and which view or column was probably meant."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from difflib import get_close_matches

import psycopg

from pipelines.storage.database import DatabaseError
from pipelines.storage.models import Model
from pipelines.storage.sql_text import QueryError
from pipelines.storage.view_columns import VIEWS

_NO_TABLE = re.compile(r'no such table: (?:\w+\.)?(\S+)|relation "([^"]+)" does not exist')
_NO_COLUMN = re.compile(
    r'no such column: (?:"?\w+"?\.)?"?([^"\s]+)|column "?(?:\w+\.)?([^"\s]+)"? does not exist'
)
_LOCKED_UP = ("not authorized", "prohibited", "attempt to write a readonly database")


def explain_sqlite(error: sqlite3.Error, sql: str) -> DatabaseError | QueryError:
    """Return what to tell the one who asked."""
    said = " ".join(str(error).split())
    if any(sign in said for sign in _LOCKED_UP):
        return QueryError(f"only reading is allowed here ({said})")
    if isinstance(error, sqlite3.DatabaseError) and _is_of_the_file(error):
        return DatabaseError(said)
    return QueryError(said + _hint(said, sql))


def _is_of_the_file(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is the trouble, not the question."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return False
    return (code & 0xFF) not in (
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_MISMATCH,
    )


def explain_postgres(error: psycopg.Error, sql: str) -> DatabaseError | QueryError:
    """Return what to tell the one who asked."""
    said = " ".join((error.diag.message_primary or str(error)).split())
    # SQLSTATE: 25006 is a write in a read-only transaction, 0A what a cursor cannot be for;
    # classes 21, 22 and 42 are questions that cannot be answered (PostgreSQL, appendix A).
    state = error.sqlstate or ""
    if state == "25006":
        return QueryError(f"only reading is allowed here ({said})")
    if state[:2] in ("0A", "21", "22", "42"):
        return QueryError(said + _hint(said, sql))
    return DatabaseError(said)


def _hint(said: str, sql: str) -> str:
    if found := _NO_TABLE.search(said):
        name = (found[1] or found[2]).strip("'\"")
        near = _near(name, (*VIEWS, *Model.metadata.tables))
        return near or "; `firstseen sql` lists the views"
    if found := _NO_COLUMN.search(said):
        name = (found[1] or found[2]).rpartition(".")[2].strip("'\"")
        return _near(name, _columns_in_reach(sql)) or f"; it has {_listed(sql)}"
    return ""


def _near(name: str, known: Iterable[str]) -> str:
    several = list(dict.fromkeys(known))
    near = get_close_matches(name.lower(), several, n=2, cutoff=0.6)
    if not near:
        near = [k for k in several if k.removeprefix("v_") == name.lower()]
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _columns_in_reach(sql: str) -> list[str]:
    """Return the columns of the views and tables that a query names."""
    words = set(re.findall(r"\w+", sql.lower()))
    columns = [column for view in VIEWS if view in words for column in VIEWS[view][1]]
    for name, table in Model.metadata.tables.items():
        if name in words:
            columns += table.columns.keys()
    return columns


def _listed(sql: str) -> str:
    return ", ".join(dict.fromkeys(_columns_in_reach(sql))) or "no view of ours in it"
