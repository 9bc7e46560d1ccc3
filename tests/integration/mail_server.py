"""A mail server on loopback that answers as it is told, and keeps what it accepted."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """``receivers`` says what RCPT TO is answered, ``data`` what the text is answered."""

    receivers: dict[str, list[str]] = field(default_factory=dict)  # the last answer stays
    data: str = "250 OK"
    asked: list[str] = field(default_factory=list)
    accepted: list[tuple[str, str]] = field(default_factory=list)  # receiver, Message-ID

    def __enter__(self) -> MailServer:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.asked.append(address)
        answers = self.receivers.get(address, ["250 OK"])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data == "cut":
            server.transport.abort()
            return "250 nobody reads this"
        if self.data.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.accepted += [(to, str(mail["Message-ID"])) for to in envelope.rcpt_tos]
        return self.data

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return self.goodbye

    goodbye: str = "221 Bye"

    def url(self, *receivers: str, more: str = "") -> str:
        """Return the channel's address for these receivers."""
        to = ",".join(receivers)
        return f"mailto://127.0.0.1:{self.port}?from=news@desk.example&to={to}&mode=insecure{more}"
