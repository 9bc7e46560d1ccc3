"""What the exam of moods asks of an outlet, and the truth it tells of its articles."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from crawler.demo.exchange import Request, Response


@dataclass
class Clock:
    """The time of the web and of its readers: the true one, set ahead by what has passed."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return what everybody's clock shows."""
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        """Return the same in seconds since 1970."""
        return time.time() + self.ahead.total_seconds()

    def pass_time(self, span: timedelta) -> None:
        """Let time pass at once."""
        self.ahead += span


@dataclass(frozen=True, slots=True)
class Offered:
    """The truth about one article that an outlet has put up."""

    key: str
    paths: tuple[str, ...]  # that it has or had, the present one first
    headlines: frozenset[str]
    paragraphs: tuple[str, ...]
    put_up_at: datetime
    is_gone: bool
    is_edited: bool


class Outlet(Protocol):
    """One publisher: what it answers, and the truth."""

    slug: str
    origin: str
    listing_paths: frozenset[str]
    beside: tuple[str, ...]  # folders of what is no article of its section, and may be kept

    def source_file(self) -> str:
        """Return the text of its source file."""

    def answer(self, request: Request) -> Response:
        """Return what it answers to a client that knows nothing yet."""

    def articles(self) -> list[Offered]:
        """Return all it has put up until now."""

    def listed(self) -> set[str]:
        """Return the keys of what its listings show now."""
