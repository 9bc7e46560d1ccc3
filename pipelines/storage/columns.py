"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy import Text as AnyText
from sqlalchemy.types import TypeDecorator, TypeEngine

#: SQLite counts rows by INTEGER only; PostgreSQL needs 64 bits.
RowId = BigInteger().with_variant(Integer, "sqlite")
#: 2026-11-23T09:46:47.123456Z, always this long, so that text order is time order.
_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_LENGTH = 27


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times: ISO 8601 text on SQLite, timestamptz on PostgreSQL. Refuses naive times."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(_LENGTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc_text(utc) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)  # 30 times as fast as strptime; "Z" is UTC
        return value.astimezone(UTC) if isinstance(value, datetime) else None


class Text(TypeDecorator[str]):
    """Text of any length, without what a database cannot hold: sites send that too."""

    impl = AnyText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


# PostgreSQL has no NUL in a text; a lone surrogate has no UTF-8 (RFC 3629 3).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text without NUL and lone surrogates, which JSON and entities can smuggle in."""
    return _UNSTORABLE.sub("", text)


def utc_text(at: datetime) -> str:
    """Return ``at`` as the ISO 8601 text stored in SQLite, in UTC with microseconds.

    strftime does not pad years before 1000 on every system; isoformat does.
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
