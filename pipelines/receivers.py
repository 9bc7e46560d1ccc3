"""Sends one message to one channel: a signed webhook, mail, or what else Apprise can reach."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import apprise

from pipelines.channels import ChannelDefinition, ChannelError
from pipelines.mail import send_mail
from pipelines.messages import Message, mark_of
from pipelines.requests_proxy import leaving_by
from pipelines.socket_guard import guarded_sockets
from pipelines.webhook import SECONDS, AddressGate, Sent, post_webhook, signed_headers

logger = logging.getLogger(__name__)

Send = Callable[[ChannelDefinition, Message], Sent]
_MAIL = ("mailto", "mailtos")


def sender(environ: Mapping[str, str], gate: AddressGate, *, seconds: float = SECONDS) -> Send:
    """Return the function that sends a message; it never raises."""

    def send(channel: ChannelDefinition, message: Message) -> Sent:
        try:
            if channel.kind == "webhook":
                return _webhook(channel, message, environ, gate, seconds)
            return _apprise(channel, channel.filled(channel.url, environ), message, gate)
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


def _apprise(channel: ChannelDefinition, url: str, message: Message, gate: AddressGate) -> Sent:
    # Redirects are not followed: a receiver must not lead us, and our token, elsewhere.
    asset = apprise.AppriseAsset(http_redirects=False, app_id="firstseen", app_desc="firstseen")
    service: Any = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        scheme = url.partition("://")[0]
        raise ChannelError(f"channels.{channel.name}: Apprise cannot read this {scheme}:// address")
    if url.partition("://")[0].lower() in _MAIL:
        return send_mail(service, message)
    services = _by_target(url, service, asset)
    lacking = {mark: one for mark, one in services.items() if mark not in message.reached}
    host = str(getattr(service, "host", None) or "")
    with leaving_by(gate.route), guarded_sockets(gate, host=host) as guard:
        reached = frozenset(mark for mark, one in lacking.items() if _notify(one, message))
    if len(reached) == len(lacking):
        return Sent("delivered", "accepted", reached=reached)
    if guard.refusal:
        told = f"refused by the address check: {guard.refusal}"
    else:
        told = "Apprise: not accepted"
    if reached or message.reached:
        left = len(lacking) - len(reached)
        return Sent("partly", f"not for {left} of {len(services)} targets: {told}", reached=reached)
    return Sent("failed", told)


def _notify(service: Any, message: Message) -> bool:
    try:
        accepted = service.notify(
            body=message.chat, title=message.subject, body_format=apprise.NotifyFormat.TEXT
        )
    except Exception:  # a plugin's fault at one target must not undo what others have
        logger.debug("sending failed", exc_info=True)
        return False
    return bool(accepted)


def _by_target(url: str, service: Any, asset: apprise.AppriseAsset) -> dict[str, Any]:
    """Return one service for each target of an address, by its mark.

    Apprise says of all targets together whether they accepted; a try for those that did not must
    not reach the others again. What Apprise sends in one request stays together.
    """
    parsed = apprise.plugins.url_to_dict(url) or {}  # type: ignore[no-untyped-call]  # theirs
    targets = list(dict.fromkeys(parsed.get("targets") or ()))
    has_copies = parsed.get("cc") or parsed.get("bcc")
    if len(targets) < 2 or len(targets) != len(service) or has_copies:
        return {mark_of(url): service}
    found = {}
    for target in targets:
        one = apprise.Apprise.instantiate(dict(parsed, targets=[target]), asset=asset)
        if one is None or len(one) != 1:
            return {mark_of(url): service}
        found[mark_of(str(target))] = one
    return found
