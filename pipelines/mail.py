"""Sends one message as mail and says which of its receivers have it."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

from pipelines.messages import Message, mark_of
from pipelines.turns import in_turn
from pipelines.webhook import Sent

_SECONDS = 30.0  # for one answer of the server
_CONNECT_SECONDS = 60.0  # for all addresses of the server together
_GOODBYE_SECONDS = 3.0

Refusals = Mapping[str, tuple[int, bytes]]


def mail_of(message: Message, service: Any, at: datetime) -> EmailMessage:
    """Return a message as mail, text and HTML; its Message-ID is the same at every try."""
    mail = EmailMessage()
    name, address = service.from_addr
    mail["Subject"] = message.subject
    mail["From"] = formataddr((name or "firstseen", address))
    mail["To"] = ", ".join(formataddr((who or "", to)) for who, to in service.targets)
    if service.cc:
        mail["Cc"] = ", ".join(sorted(service.cc))
    if service.reply_to:
        mail["Reply-To"] = ", ".join(sorted(service.reply_to))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message.key}@{address.rpartition('@')[2] or 'firstseen.invalid'}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: no out-of-office answers
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def send_mail(service: Any, message: Message) -> Sent:
    """Send over the server an Apprise mail address names, to the receivers that lack it.

    Apprise's own mail has no plain text of ours, a Message-ID that changes with every try, and one
    answer for all receivers.
    """
    mail = mail_of(message, service, datetime.now(UTC))
    everybody = [to for _, to in service.targets] + sorted(service.cc) + sorted(service.bcc)
    lacking = [to for to in dict.fromkeys(everybody) if mark_of(to) not in message.reached]
    if not lacking:
        return Sent("delivered", "accepted")
    try:
        server = _connected(service)
        try:
            if service.user:
                server.login(service.user, service.password or "")
            refused: Refusals = server.send_message(mail, service.from_addr[1], lacking)
        finally:
            _leave(server)
    except smtplib.SMTPRecipientsRefused as error:
        return _refused_all(error.recipients, message)
    except smtplib.SMTPResponseException as error:
        # RFC 5321 4.2.1: 5yz is for good. A login or sender that is refused concerns all mail.
        is_message = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return Sent(
            "refused" if is_message else "failed", f"the mail server says {error.smtp_code}"
        )
    except (OSError, ssl.SSLError) as error:
        return Sent("failed", f"the mail server does not answer: {type(error).__name__}")
    reached = frozenset(mark_of(to) for to in lacking if to not in refused)
    if not refused:
        return Sent("delivered", "accepted", reached=reached)
    told = f"accepted, but not for {len(refused)} of {len(everybody)}: {_named(refused)}"
    return Sent(_outcome(refused), told, reached=reached)


def _refused_all(refused: Refusals, message: Message) -> Sent:
    """Nobody of those who lack it has it now; others may have it from an earlier try."""
    if message.reached and not any(code == 421 for code, _ in refused.values()):
        return Sent(_outcome(refused), f"still not accepted for {_named(refused)}")
    return Sent("failed", f"the mail server refuses all receivers: {_named(refused)}")


def _outcome(refused: Refusals) -> Any:
    # 4yz is for now (greylisting, a full mailbox), 5yz for good: RFC 5321 4.2.1.
    return "partly" if any(code < 500 for code, _ in refused.values()) else "refused"


def _named(refused: Refusals) -> str:
    """Return who was refused and how, so that the operator knows and the log gives nobody away."""
    return ", ".join(
        f"{to[:2]}…@{to.rpartition('@')[2]} {code}" for to, (code, _) in sorted(refused.items())
    )


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. What comes of it changes nothing about what was accepted before."""
    with suppress(OSError):
        if server.sock is not None:
            server.sock.settimeout(_GOODBYE_SECONDS)
        server.quit()
    server.close()


def _connected(service: Any) -> smtplib.SMTP:
    """Return a server that has greeted us, at the first of its addresses that does."""
    mode = str(getattr(service.secure_mode, "value", service.secure_mode))
    host = str(service.smtp_host or service.host)
    port = int(service.port or {"ssl": 465, "starttls": 587}.get(mode, 25))
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses: Sequence[str] = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    return in_turn(
        addresses,
        lambda ip, share: _greeted((host, port), ip, mode, min(share, _SECONDS)),
        seconds=_CONNECT_SECONDS,
    )


def _greeted(place: tuple[str, int], ip: str, mode: str, seconds: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(timeout=seconds, context=context)
        if mode == "ssl"
        else smtplib.SMTP(timeout=seconds)
    )
    # Whom the certificate must name, as if connected by name.
    server._host = place[0]  # type: ignore[attr-defined]  # set by smtplib, not in its stubs
    try:
        code, told = server.connect(ip, place[1])
        if code != 220:
            raise smtplib.SMTPConnectError(code, told)
        if mode == "starttls":
            server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    if server.sock is not None:
        server.sock.settimeout(_SECONDS)
    return server
