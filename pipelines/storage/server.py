"""Connections to PostgreSQL that notice when the other side is gone, on either side."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

_CONNECT_SECONDS = 10.0
#: Longer than any statement of a crawl takes, its waiting for other writers included.
ANSWER_SECONDS = 30.0
# A machine that lost its power closes no connection. The system asks after 20 s of silence, and
# three times more: 35 s later the dead are known, where its own way takes two hours. Both sides
# must: the server keeps the locks of a client that is gone.
_IDLE, _INTERVAL, _COUNT = 20, 5, 3
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": _IDLE,
    "keepalives_interval": _INTERVAL,
    "keepalives_count": _COUNT,
    "tcp_user_timeout": 1000 * (_IDLE + _INTERVAL * _COUNT),
}
_SERVER_OPTIONS = {
    "timezone": "UTC",
    "tcp_keepalives_idle": _IDLE,
    "tcp_keepalives_interval": _INTERVAL,
    "tcp_keepalives_count": _COUNT,
    "tcp_user_timeout": _KEEPALIVE["tcp_user_timeout"],
}


class _HurriedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server says nothing for too long."""

    answer_seconds: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Consume psycopg's generator. Raises OperationalError when no answer comes."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if error.sqlstate is None and self.pgconn.transaction_status == _ACTIVE:
                self.pgconn.finish()  # whatever it says later belongs to no question
                told = f"the server has said nothing for {self.answer_seconds:.0f} s"
                raise psycopg.OperationalError(told) from error
            raise


_ACTIVE = psycopg.pq.TransactionStatus.ACTIVE


def open_server(
    url: URL,
    *,
    read_only: bool = False,
    answer_seconds: float | None = None,
    idle_seconds: float | None = None,
    connect_seconds: float = _CONNECT_SECONDS,
    **more: Any,
) -> Engine:
    """Return an engine of a PostgreSQL database.

    A statement that gets no answer for ``answer_seconds`` counts as a lost connection. The server
    ends a transaction that does nothing for ``idle_seconds``, and its locks with it.
    """
    options: dict[str, Any] = dict(_SERVER_OPTIONS)
    if read_only:
        options["default_transaction_read_only"] = "on"
    if idle_seconds is not None:
        options["idle_in_transaction_session_timeout"] = round(1000 * idle_seconds)
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": round(connect_seconds),
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            **_KEEPALIVE,
        },
        **more,
    )
    if answer_seconds is not None:

        def connect(_dialect: Any, _record: Any, words: Any, named: Any) -> _HurriedConnection:
            connection = _HurriedConnection.connect(*words, **named)
            connection.answer_seconds = answer_seconds
            return connection

        event.listen(engine, "do_connect", connect)
    return engine
