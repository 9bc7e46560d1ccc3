"""Sends one message to one channel: a signed webhook, mail, or what else Apprise can reach."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

import apprise

from pipelines.channels import ChannelDefinition, ChannelError
from pipelines.messages import Message
from pipelines.socket_guard import guarded_sockets
from pipelines.webhook import SECONDS, AddressGate, Sent, post_webhook, signed_headers

logger = logging.getLogger(__name__)

Send = Callable[[ChannelDefinition, Message], Sent]
_MAIL = ("mailto", "mailtos")
_MAIL_SECONDS = 30.0


def sender(environ: Mapping[str, str], gate: AddressGate, *, seconds: float = SECONDS) -> Send:
    """Return the function that sends a message; it never raises."""

    def send(channel: ChannelDefinition, message: Message) -> Sent:
        try:
            if channel.kind == "webhook":
                return _webhook(channel, message, environ, gate, seconds)
            return _apprise(channel.filled(channel.url, environ), message, gate)
        except ChannelError as error:
            return Sent("failed", str(error))
        except Exception as error:  # a plugin's fault must not end the deliveries of others
            logger.debug("sending failed channel=%s", channel.name, exc_info=True)
            return Sent("failed", f"failed unexpectedly: {type(error).__name__}")

    return send


def _webhook(
    channel: ChannelDefinition,
    message: Message,
    environ: Mapping[str, str],
    gate: AddressGate,
    seconds: float,
) -> Sent:
    url = channel.filled(channel.url, environ)
    secrets = [channel.filled(secret, environ) for secret in channel.secrets]
    try:
        headers = signed_headers(message.key, datetime.now(UTC), message.payload, secrets)
    except Exception:
        raise ChannelError(
            f"channels.{channel.name}: a secret is not base64, as in whsec_MfKQ9r8G..."
        ) from None
    return post_webhook(url, message.payload, headers, gate, seconds=seconds)


def _apprise(url: str, message: Message, gate: AddressGate) -> Sent:
    # Redirects are not followed: a receiver must not lead us, and our token, elsewhere.
    asset = apprise.AppriseAsset(http_redirects=False, app_id="firstseen", app_desc="firstseen")
    service: Any = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        scheme = url.partition("://")[0]
        return Sent("failed", f"Apprise cannot read this {scheme}:// address")
    if url.partition("://")[0].lower() in _MAIL:
        return _mail(service, message)
    with guarded_sockets(gate, host=str(getattr(service, "host", None) or "")) as guard:
        accepted = service.notify(
            body=message.chat, title=message.subject, body_format=apprise.NotifyFormat.TEXT
        )
    if guard.refusal and not accepted:
        return Sent("failed", f"refused by the address check: {guard.refusal}")
    return Sent("delivered", "accepted") if accepted else Sent("failed", "Apprise: not accepted")


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


def _mail(service: Any, message: Message) -> Sent:
    """Send over the server an Apprise mail address names; Apprise's own mail has no plain text of
    ours, and a Message-ID that changes with every try."""
    mail = mail_of(message, service, datetime.now(UTC))
    receivers = [to for _, to in service.targets] + sorted(service.cc) + sorted(service.bcc)
    try:
        with _server(service) as server:
            if service.user:
                server.login(service.user, service.password or "")
            refused = server.send_message(mail, service.from_addr[1], receivers)
    except smtplib.SMTPRecipientsRefused:
        return Sent("failed", "the mail server refuses all receivers")
    except smtplib.SMTPResponseException as error:
        # RFC 5321 4.2.1: 5yz is for good. A login or sender that is refused concerns all mail.
        is_message = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return Sent(
            "refused" if is_message else "failed", f"the mail server says {error.smtp_code}"
        )
    except (smtplib.SMTPException, OSError, ssl.SSLError) as error:
        return Sent("failed", f"the mail server does not answer: {type(error).__name__}")
    if refused:
        return Sent("delivered", f"accepted, but not for {len(refused)} of {len(receivers)}")
    return Sent("delivered", "accepted")


def _server(service: Any) -> smtplib.SMTP:
    mode = str(getattr(service.secure_mode, "value", service.secure_mode))
    host, port = service.smtp_host or service.host, service.port
    if mode == "ssl":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=_MAIL_SECONDS, context=context)
    server = smtplib.SMTP(host, port or (587 if mode == "starttls" else 25), timeout=_MAIL_SECONDS)
    if mode == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
