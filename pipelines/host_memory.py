"""What is kept of a host between runs: its robots.txt, and what makes looks conditional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """A robots.txt as last read. ``status`` is 200, or the 4xx that stands for "no rules"."""

    text: str
    status: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets the next look at a listing be conditional.

    ``body_sha256`` is the hex digest of the last whole body, ``full_at`` the time it arrived, and
    ``looks_since_full`` how many 304 answers came since.
    """

    etag: str | None
    last_modified: str | None
    body_sha256: str
    full_at: datetime
    looks_since_full: int = 0
