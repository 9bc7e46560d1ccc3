"""The token that opens the desk: made once, kept as its hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.operator_error import OperatorError

SESSION_COOKIE = "firstseen_session"
SESSION_LASTS = timedelta(days=7)
_SHORTEST_TOKEN = 24  # signs; what we make has 43, of 256 random bits
_MARK = "sha256:"


class TokenError(OperatorError):
    """The token cannot be used; the message says where it stands and what to do."""


def new_token() -> str:
    """Return a token nobody can guess."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return what is kept of a token. It is random, so a plain hash cannot be searched back."""
    return _MARK + hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Access:
    """Knows the right token by its ``digest``, and the sessions it opened since the start.

    ``key`` signs the sessions' cookies; a restart closes them all.
    """

    digest: str
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def is_token(self, given: str) -> bool:
        """Whether this is the token."""
        return hmac.compare_digest(token_digest(given), self.digest)

    def open_session(self, now: datetime) -> str:
        """Return the value of a cookie that is good for SESSION_LASTS."""
        until = f"{int((now + SESSION_LASTS).timestamp())}.{secrets.token_hex(8)}"
        return f"{until}.{self._signature(until)}"

    def is_session(self, cookie: str, now: datetime) -> bool:
        """Whether this cookie was given out by ``open_session``, and is still good."""
        until, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(until).encode()):
            return False
        return int(until.partition(".")[0]) > now.timestamp()

    def _signature(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def access_of(variable: str | None, file: Path) -> Access | None:
    """Return the access that a variable or else a file describes; None: there is no token.

    The variable holds the token or its digest, the file what ``write_token`` wrote. Raises
    TokenError for a token that is too short, and for a file that others may read.
    """
    if variable:
        if variable.startswith(_MARK):
            return Access(_checked(variable, "FIRSTSEEN_WEB_TOKEN"))
        if len(variable) < _SHORTEST_TOKEN:
            raise TokenError(
                f"FIRSTSEEN_WEB_TOKEN is shorter than {_SHORTEST_TOKEN} signs and could be "
                "guessed; `firstseen web token` makes one"
            )
        return Access(token_digest(variable))
    try:
        text = file.read_text(encoding="utf-8").strip()
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"{file}: the token cannot be read: {type(error).__name__}") from error
    if mode & 0o077:
        raise TokenError(f"{file}: others may read or write it; run `chmod 600 {file}`")
    return Access(_checked(text, str(file)))


def _checked(digest: str, where: str) -> str:
    if not digest.startswith(_MARK) or len(digest) != len(_MARK) + 64:
        raise TokenError(f"{where}: holds no digest of a token; `firstseen web token` makes one")
    return digest


def write_token(file: Path, token: str) -> None:
    """Keep the digest of a token in a file that only its owner reads, whole or not at all.

    Raises TokenError when the file cannot be written.
    """
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(token_digest(token) + "\n")
        fresh.replace(file)
    except OSError as error:
        raise TokenError(f"{file}: cannot be written: {error.strerror}") from error
