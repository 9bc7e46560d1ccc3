"""What may be asked: the parameters that several lists share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import BeforeValidator

_LARGEST = 2**63 - 1  # what a database counts to


# RFC 3339 5.6, and nothing else: not 1763899200, which looks like a year and more.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _time(given: object) -> datetime:
    text = str(given)
    if not _TIME.fullmatch(text):
        raise ValueError("write a time as RFC 3339 does, in UTC: 2026-11-23T12:00:00Z")
    try:
        # A minute may have a leap second, which no clock of ours knows.
        return datetime.fromisoformat(text.upper().replace(":60", ":59")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("there is no such time") from None


Time = Annotated[datetime, BeforeValidator(_time)]
Number = Annotated[int, Path(ge=1, le=_LARGEST, description="Its number.")]
Slug = Annotated[
    str,
    Query(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100),
]
Since = Annotated[
    Time | None,
    Query(
        description="First seen at or after this time (RFC 3339, with Z or an offset).",
        examples=["2026-11-23T00:00:00Z"],
    ),
]
Until = Annotated[
    Time | None,
    Query(description="First seen before this time.", examples=["2026-11-24T00:00:00Z"]),
]
Sources = Annotated[
    list[Slug],
    Query(
        alias="source",
        description="Only of these sources, by slug; repeat the parameter for several.",
        examples=[["valley-post"]],
        max_length=50,
    ),
]
Language = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        max_length=35,
        description="Only in this language (BCP 47); `en` takes `en-GB`, too.",
        examples=["en"],
    ),
]
Words = Annotated[
    str | None,
    Query(
        max_length=1000,
        description='A query in the watch language (docs/watches.md): words, `"a phrase"`, OR, '
        "-not, NEAR/5, `title:word`, `source:slug` ... One that cannot be read is answered 400, "
        "with line, column and what was expected.",
        examples=['"harbour levy" OR (levy NEAR/8 port)'],
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        max_length=500,
        description="Where to go on: `nextCursor` of the page before. Only with the same filters.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Entries on a page, at most.")]
