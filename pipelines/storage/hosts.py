"""Keeps robots.txt copies, hold-offs and validators in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from pipelines.host_memory import RobotsCopy, Validators
from pipelines.storage.memory_models import HoldOff, ListingValidators, RobotsTxt
from pipelines.storage.writer import Work

Row = TypeVar("Row")
Value = TypeVar("Value")

# No site is left alone for longer: what ends later was written by a clock that was ahead.
_LONGEST_HOLD = timedelta(hours=25)

#: Runs a query of a session beside the event loop, patiently.
Read = Callable[[Callable[[Session], Any]], Awaitable[Any]]
#: Queues a write; the words are for the log, should it fail.
Submit = Callable[[Work, str], None]


class DatabaseHostState:
    """Host state that lasts between runs: recalled once per host and run, written in passing.

    What cannot be written is forgotten with a warning: the next run asks the site again.
    """

    def __init__(self, read: Read, submit: Submit) -> None:
        self._read = read
        self._submit = submit
        self._robots: dict[str, RobotsCopy | None] = {}
        self._held: dict[str, datetime | None] = {}
        self._validators: dict[str, Validators | None] = {}

    async def recall(self, *, origin: str, lane: str, url: str) -> None:
        """Read what is kept of a host and of a listing, once. Raises LedgerError."""
        await asyncio.gather(
            self._recall(self._robots, RobotsTxt, origin, _robots_copy),
            self._recall(self._held, HoldOff, lane, _held_until),
            self._recall(self._validators, ListingValidators, url, _validators),
        )

    async def _recall(
        self,
        known: dict[str, Value | None],
        model: type[Row],
        key: str,
        value_of: Callable[[Row], Value],
    ) -> None:
        if key in known:
            return
        row = await self._read(lambda session: session.get(model, key))
        # What was learnt while we read is newer.
        known.setdefault(key, value_of(row) if row else None)

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the last readable robots.txt of an origin, however old."""
        return self._robots.get(origin)

    def keep_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Keep a freshly read robots.txt."""
        self._robots[origin] = copy
        # PostgreSQL's text cannot hold NUL, and no rule needs it.
        body = copy.text.replace("\x00", "")
        self._write(
            RobotsTxt(origin=origin, body=body, http_status=copy.status, fetched_at=copy.fetched_at)
        )

    def held_until(self, lane: str) -> datetime | None:
        """Return until when the host asked us to stay away, None when it did not."""
        return self._held.get(lane)

    def hold(self, lane: str, until: datetime) -> None:
        """Keep the host's wish to be left alone; a later time wins over an earlier one."""
        earlier = self.held_until(lane) or until
        held = until if earlier - until > _LONGEST_HOLD else max(until, earlier)
        self._held[lane] = held
        self._write(HoldOff(lane=lane, held_until=held))

    def validators(self, url: str) -> Validators | None:
        """Return what the last completed look at a listing left behind."""
        return self._validators.get(url)

    def keep_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of a completed look, after the look itself was written."""
        self._validators[url] = validators
        self._write(_validators_row(url, validators))

    def _write(self, row: Any) -> None:
        def write(session: Session) -> None:
            session.merge(row)

        self._submit(write, "host state")


def _robots_copy(row: RobotsTxt) -> RobotsCopy:
    return RobotsCopy(row.body, row.http_status, row.fetched_at)


def _held_until(row: HoldOff) -> datetime:
    return row.held_until


def _validators(row: ListingValidators) -> Validators:
    return Validators(
        row.etag, row.last_modified, row.body_sha256, row.full_at, row.looks_since_full
    )


def _validators_row(url: str, validators: Validators) -> ListingValidators:
    return ListingValidators(
        url=url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        body_sha256=validators.body_sha256,
        full_at=validators.full_at,
        looks_since_full=validators.looks_since_full,
    )
