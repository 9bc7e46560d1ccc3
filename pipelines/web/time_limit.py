"""Bounds the time one request may take, in the database and altogether."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.web.problems import Problem, problem_response

_STEPS = 20_000  # of SQLite's machine between two looks at the clock: well below a millisecond
_GRACE_SECONDS = 2.0  # the database says by itself that it took too long; this is for the rest
_TOO_LONG = "this takes longer than {0:.0f} s; narrow it down: a later since, fewer words"


def limit_queries(
    engine: Engine, seconds: float, clock: Callable[[], float] = time.monotonic
) -> None:
    """Let no statement of this engine's run longer.

    On SQLite the time runs from when a session opens its connection.
    """
    if engine.dialect.name == "sqlite":

        def watch(connection: Any, _record: Any) -> None:
            end = clock() + seconds
            connection.set_progress_handler(lambda: clock() > end, _STEPS)

        event.listen(engine, "connect", watch)
        return

    def set_timeout(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            setting = "SELECT set_config(%s, %s, false)"
            cursor.execute(setting, ("statement_timeout", str(int(seconds * 1000))))
            if connection.info.server_version >= 170_000:
                # Rows fetched in portions are many short statements. This one ends the connection.
                longest = str(int((seconds + _GRACE_SECONDS) * 1000))
                cursor.execute(setting, ("transaction_timeout", longest))
        connection.commit()

    event.listen(engine, "connect", set_timeout)


def too_long(seconds: float) -> Problem:
    """Return the answer to a request that took too long."""
    return Problem(503, _TOO_LONG.format(seconds), headers={"Retry-After": "30"})


class TimeLimit:
    """ASGI middleware: answers 503 when nothing was answered in time.

    The work that goes on in its thread is left to end by itself: the database bounds it.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._left_behind: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = is_over = False

        async def send_in_time(message: Message) -> None:
            nonlocal has_begun
            if not is_over:
                has_begun = True
                await send(message)

        # A thread cannot be ended from outside, and a task that waits for one cannot either.
        task: asyncio.Task[None] = asyncio.create_task(
            self._app(scope, receive, send_in_time)  # type: ignore[arg-type]  # it is a coroutine
        )
        try:
            await asyncio.wait({task}, timeout=self._seconds + _GRACE_SECONDS)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done() or has_begun:
            await task
            return
        is_over = True
        self._left_behind.add(task)
        task.add_done_callback(self._forget)
        await problem_response(scope, too_long(self._seconds))(scope, receive, send)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._left_behind.discard(task)
        if not task.cancelled():
            task.exception()  # its answer was given
