"""Whether a transaction whose last answer was lost has been committed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.faults import UndecidedError

# PostgreSQL knows what became of every recent transaction, also after a restart; so no row of
# ours has to tell it. SQLite answers a commit in the same process: no answer can be lost.
_WHO = text("SELECT txid_current(), pg_backend_pid()")
_STATUS = text("SELECT txid_status(:number)")
# The server has not noticed yet that we are gone; it would keep our locks from us until then.
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid = :process AND backend_xid::text::bigint = :number % 4294967296"
)


class Transaction:
    """One try of some work, and what came of each piece of it."""

    def __init__(self) -> None:
        self.outcomes: list[Any] = []
        self._number: int | None = None
        self._process = 0

    def begun(self, session: Session) -> None:
        """Note which transaction of the server this is."""
        if session.get_bind().dialect.name == "postgresql":
            self._number, self._process = session.execute(_WHO).one()

    def is_committed(self, sessions: sessionmaker[Session]) -> bool:
        """Return whether all of it is in the database.

        Raises UndecidedError while the server is still at it; its process is then told to end.
        """
        if self._number is None:
            return False
        with sessions() as session:
            try:
                status = session.scalar(_STATUS, {"number": self._number})
            except DataError:  # a number to come: another server, which never saw it
                return False
            if status == "in progress":
                session.execute(_END, {"process": self._process, "number": self._number})
                raise UndecidedError
        return bool(status == "committed")
