"""One scheduler at a time: a lock that dies with its owner."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from pipelines.storage.database import parse_url, real_path
from pipelines.storage.faults import told_in_one_line
from pipelines.storage.server import open_server

# Any fixed number: the same for every firstseen on one PostgreSQL database.
_ADVISORY_KEY = 0x66_73_6C_65_61_64
_TASKS = ("scheduler", "delivery")
_ANSWER_SECONDS = 5.0  # it asks nothing that takes time, and it asks at every tick
_ANOTHER = "another firstseen runs on this database"


class LeaderLock(Protocol):
    """Held by at most one process; the system frees it when the process dies, kill -9 included.

    Any thread may ask. ``why_not`` says in words why it could not be had.
    """

    why_not: str

    def acquire(self) -> bool:
        """Take the lock, or keep it; False while another process has it."""

    def lend(self) -> None:
        """Let others have it for now."""

    def release(self) -> None:
        """Let go."""


class FileLock:
    """A lock on a file beside the SQLite database (flock(2))."""

    why_not = _ANOTHER

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self._asking = threading.Lock()

    def acquire(self) -> bool:
        """Take the lock, or keep it; False while another process has it."""
        with self._asking:
            if self._handle is not None and self._is_in_place(self._handle):
                return True
            self._let_go()  # somebody has removed the file, and others lock another one
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            self._handle = handle
            return True

    def _is_in_place(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except FileNotFoundError:
            return False

    def lend(self) -> None:
        """Let others have it for now."""
        self.release()

    def release(self) -> None:
        """Let go; the file stays, since removing it would race with the next owner."""
        with self._asking:
            self._let_go()

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class AdvisoryLock:
    """A session-level advisory lock of PostgreSQL, over all machines of one database.

    A server that does not answer within seconds counts as lost, and with it the lock.
    """

    why_not = _ANOTHER

    def __init__(self, engine: Engine, key: int = _ADVISORY_KEY) -> None:
        self._engine = engine
        self._key = key
        self._connection: Connection | None = None
        self._is_lent = False  # the connection stays, without the lock
        self._asking = threading.Lock()

    def acquire(self) -> bool:
        """Take the lock, or see that it is still held; False while another process has it."""
        with self._asking:
            try:
                return self._acquire()
            except SQLAlchemyError as error:
                told = told_in_one_line(error)
                self.why_not = f"the database does not answer: {told}"
                self._let_go()
                return False

    def _acquire(self) -> bool:
        if self._connection is not None and not self._is_lent:
            # The server may have gone away, and the lock with it.
            self._connection.execute(text("SELECT 1"))
            self._connection.commit()
            return True
        connection = self._connection or self._engine.connect()
        query = text("SELECT pg_try_advisory_lock(:key)")
        is_ours = bool(connection.scalar(query, {"key": self._key}))
        connection.commit()
        if is_ours:
            self._connection, self._is_lent = connection, False
            return True
        if self._connection is None:
            connection.close()
        self.why_not = _ANOTHER
        return False

    def lend(self) -> None:
        """Let others have it for now; the connection is kept for the next time."""
        with self._asking:
            if self._connection is None or self._is_lent:
                return
            try:
                query = text("SELECT pg_advisory_unlock(:key)")
                self._connection.execute(query, {"key": self._key})
                self._connection.commit()
                self._is_lent = True
            except SQLAlchemyError:
                self._let_go()

    def release(self) -> None:
        """Let go by closing the session."""
        with self._asking:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection, self._is_lent = None, False


def leader_lock(url: str, task: str = "scheduler") -> LeaderLock:
    """Return the lock of one task on a database: a file for SQLite, an advisory lock elsewhere."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return FileLock(Path(f"{real_path(parsed)}.{task}-lock"))
    engine = open_server(parsed, answer_seconds=_ANSWER_SECONDS, connect_seconds=_ANSWER_SECONDS)
    return AdvisoryLock(engine, _ADVISORY_KEY + _TASKS.index(task))
