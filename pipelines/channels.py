"""Where alerts go: channels as firstseen.toml names them; secrets only by the name they go by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from pipelines.operator_error import OperatorError
from pipelines.secret_values import NAMED_SECRET, SecretError, filled

ChannelKind = Literal["apprise", "webhook"]
_KEYS = ("kind", "url", "secrets", "most_per_hour")
_NAME = re.compile(r"(?!.{101})[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
DEFAULT_MOST_PER_HOUR = 30
# Tokens of chat services are long and mixed; names of rooms and hosts are not.
_TOKEN_LIKE = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_:-]{20,}")


class ChannelError(OperatorError):
    """A channel cannot be used; the message names file, channel, key and what is accepted."""


@dataclass(frozen=True, slots=True)
class ChannelDefinition:
    """One receiver. ``url`` and ``secrets`` still hold ``${NAME}`` instead of what is secret.

    Beyond ``most_per_hour`` messages, what waits is folded into one digest.
    """

    name: str
    url: str
    kind: ChannelKind = "apprise"
    secrets: tuple[str, ...] = ()
    most_per_hour: int = DEFAULT_MOST_PER_HOUR

    def filled(self, text: str, environ: Mapping[str, str]) -> str:
        """Return ``text`` with every ``${NAME}`` replaced. Raises ChannelError for a missing one.

        NAME is a variable, or NAME_FILE one that names a file with the secret in it.
        """
        try:
            return filled(text, environ)
        except SecretError as error:
            raise ChannelError(f"channels.{self.name}: {error}") from error


def is_fault_of_ours(name: str, detail: str) -> bool:
    """Whether what a delivery failed with says that the channel itself is set up wrongly."""
    return detail.startswith(f"channels.{name}: ")


def parse_channel(name: str, table: object, where: str) -> ChannelDefinition:
    """Return the channel of one ``[channels.NAME]`` table. Raises ChannelError."""
    at = f"{where}: channels.{name}"
    if not _NAME.fullmatch(name):
        raise ChannelError(f"{at}: a channel is named like desk or night-desk")
    if not isinstance(table, dict):
        raise ChannelError(f"{at} must be written as a table, [channels.{name}]")
    if unknown := sorted(set(table) - set(_KEYS)):
        raise ChannelError(f"{at}: unknown key {unknown}; known keys are {sorted(_KEYS)}")
    kind = table.get("kind", "apprise")
    if kind not in ("apprise", "webhook"):
        raise ChannelError(f"{at}: kind = {kind!r} must be apprise or webhook")
    most = table.get("most_per_hour", DEFAULT_MOST_PER_HOUR)
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise ChannelError(f"{at}: most_per_hour = {most!r} must be a whole number, 1 or more")
    url = _url(table, kind, at)
    return ChannelDefinition(name, url, kind, _secrets(table, kind, at), most)


def _url(table: Mapping[str, Any], kind: str, at: str) -> str:
    url = table.get("url")
    if not isinstance(url, str) or "://" not in url:
        raise ChannelError(f"{at}: url must be an address such as mailto://... or https://...")
    if kind == "webhook" and not url.startswith(("http://", "https://", "${")):
        raise ChannelError(f"{at}: the url of a webhook begins with https:// or http://")
    _refuse_plain_secret(url, kind, at)
    return url


def _refuse_plain_secret(url: str, kind: str, at: str) -> None:
    """Raise ChannelError for a secret written into the file. The address is never repeated."""
    hint = "write it as ${NAME} and set the variable NAME, or NAME_FILE to a file that holds it"
    parts = urlsplit(NAMED_SECRET.sub("", url).replace("[", "").replace("]", ""))
    if ":" in parts.netloc.rpartition("@")[0] and parts.netloc.rpartition("@")[0].split(":")[1]:
        raise ChannelError(f"{at}: url holds a password; {hint}")
    words = [
        parts.netloc.rpartition("@")[2],
        parts.netloc.rpartition("@")[0],
        *parts.path.split("/"),
    ]
    if kind == "apprise" and parts.scheme not in ("http", "https"):
        for word in words:
            if _TOKEN_LIKE.fullmatch(word):
                raise ChannelError(f"{at}: url seems to hold a token; {hint}")


def _secrets(table: Mapping[str, Any], kind: str, at: str) -> tuple[str, ...]:
    secrets = table.get("secrets", [])
    is_list = isinstance(secrets, list) and all(isinstance(s, str) for s in secrets)
    if not is_list or not all(NAMED_SECRET.fullmatch(s) for s in secrets):
        raise ChannelError(f'{at}: secrets must be a list like ["${{DESK_SECRET}}"]')
    if kind == "webhook" and not secrets:
        raise ChannelError(f'{at}: a webhook needs secrets = ["${{NAME}}"] to sign with')
    if kind != "webhook" and secrets:
        raise ChannelError(f"{at}: only a webhook has secrets")
    return tuple(secrets)
