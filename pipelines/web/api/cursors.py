"""Where a list goes on: opaque texts that are good for the list they come from, and no other."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from pipelines.web.problems import Problem

_LARGEST = 2**63 - 1  # what a database counts to
_MARK_LENGTH = 10

Place = Sequence[str | int | datetime]


def cursor_text(of: Sequence[object], place: Place) -> str:
    """Return the cursor for the entries after ``place``; ``of`` is the list: its name and filters.

    Places are told by what the list is ordered by, so new entries before them change nothing.
    """
    values = [
        value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for value in place
    ]
    text = json.dumps([_mark(of), *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def read_cursor(
    text: str | None, of: Sequence[object], kinds: Sequence[type]
) -> list[str | int | datetime] | None:
    """Return the place a cursor tells, in values of these ``kinds``; None: there is no cursor.

    Raises Problem (400) for what is no cursor of this list.
    """
    if not text:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        mark, *values = found
        if mark != _mark(of):
            raise ValueError("of another list")
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        told = "this is no cursor of this list; begin without one, with the same filters"
        raise Problem(400, told, parameter="cursor") from None


def _value(value: object, kind: type) -> str | int | datetime:
    if kind is int and type(value) is int and 0 <= value <= _LARGEST:
        return value
    if kind is str and isinstance(value, str):
        return value
    if kind is datetime and isinstance(value, str):
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    raise ValueError("of another kind")


def _mark(of: Sequence[object]) -> str:
    return hashlib.sha256(repr(list(of)).encode("utf-8", "replace")).hexdigest()[:_MARK_LENGTH]
