"""One scheduler at a time: a lock that dies with its owner."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from pipelines.storage.database import open_engine, parse_url

# Any fixed number: the same for every firstseen on one PostgreSQL database.
_ADVISORY_KEY = 0x66_73_6C_65_61_64
_TASKS = ("scheduler", "delivery")


class LeaderLock(Protocol):
    """Held by at most one process; the system frees it when the process dies, kill -9 included."""

    def acquire(self) -> bool:
        """Take the lock, or keep it; False while another process has it."""

    def release(self) -> None:
        """Let go."""


class FileLock:
    """A lock on a file beside the SQLite database (flock(2))."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock, or keep it; False while another process has it."""
        if self._handle is not None:
            return True
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go; the file stays, since removing it would race with the next owner."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class AdvisoryLock:
    """A session-level advisory lock of PostgreSQL, over all machines of one database."""

    def __init__(self, engine: Engine, key: int = _ADVISORY_KEY) -> None:
        self._engine = engine
        self._key = key
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take the lock, or see that it is still held; False while another process has it."""
        try:
            if self._connection is not None:
                # The server may have gone away, and the lock with it.
                self._connection.execute(text("SELECT 1"))
                self._connection.commit()
                return True
            connection = self._engine.connect()
            query = text("SELECT pg_try_advisory_lock(:key)")
            if connection.scalar(query, {"key": self._key}):
                connection.commit()
                self._connection = connection
                return True
            connection.close()
        except SQLAlchemyError:
            self.release()
        return False

    def release(self) -> None:
        """Let go by closing the session."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def leader_lock(url: str, task: str = "scheduler") -> LeaderLock:
    """Return the lock of one task on a database: a file for SQLite, an advisory lock elsewhere."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return FileLock(Path(f"{parsed.database}.{task}-lock"))
    return AdvisoryLock(open_engine(url), _ADVISORY_KEY + _TASKS.index(task))
