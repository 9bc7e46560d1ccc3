"""Turns an unexpected fault into an answer that gives nothing away, and a line in the log."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.web.problems import Problem, problem_response

logger = logging.getLogger(__name__)


class Faults:
    """ASGI middleware: stands inside SecurityHeaders, so that a 500 carries them, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            # Never the message of a driver: it holds statements, and those hold article text.
            logger.error("request failed path=%s error=%s", scope["path"], type(error).__name__)
            logger.debug("trace", exc_info=error)
            if has_begun or scope["type"] != "http":
                raise
            told = Problem(500, "something broke here; the log of `firstseen web` says what")
            await problem_response(scope, told)(scope, receive, send)
