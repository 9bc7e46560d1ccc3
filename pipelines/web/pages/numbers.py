"""Numbers in addresses: what is no number of ours is no page of ours."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

_LARGEST = 2**63 - 1  # of a row; SQLite and PostgreSQL count no further

#: A row's number as part of an address.
RowNumber = Annotated[int, Path(ge=1, le=_LARGEST)]


def number_in(text: str) -> int | None:
    """Return the number a query names, None for none and for anything else."""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= _LARGEST else None
