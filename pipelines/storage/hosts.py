"""Keeps robots.txt copies, hold-offs and validators in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from pipelines.host_memory import RobotsCopy, Validators
from pipelines.storage.memory_models import HoldOff, ListingValidators, RobotsTxt
from pipelines.storage.writer import Work

T = TypeVar("T")

logger = logging.getLogger(__name__)


class DatabaseHostState:
    """Host state that lasts between runs: read row by row when first asked, written in passing.

    Reads take about a millisecond, once per host and run; ``submit`` queues a write and returns at
    once. What cannot be written is forgotten with a warning: the next run asks the site again.
    """

    def __init__(self, readers: sessionmaker[Session], submit: Callable[[Work], Future[Any]]):
        self._readers = readers
        self._submit = submit
        self._robots: dict[str, RobotsCopy | None] = {}
        self._held: dict[str, datetime | None] = {}
        self._validators: dict[str, Validators | None] = {}

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the last readable robots.txt of an origin, however old."""
        if origin not in self._robots:
            row = self._read(RobotsTxt, origin)
            copy = RobotsCopy(row.body, row.http_status, row.fetched_at) if row else None
            self._robots[origin] = copy
        return self._robots[origin]

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
        if lane not in self._held:
            row = self._read(HoldOff, lane)
            self._held[lane] = row.held_until if row else None
        return self._held[lane]

    def hold(self, lane: str, until: datetime) -> None:
        """Keep the host's wish to be left alone; a later time wins over an earlier one."""
        held = max(until, self.held_until(lane) or until)
        self._held[lane] = held
        self._write(HoldOff(lane=lane, held_until=held))

    def validators(self, url: str) -> Validators | None:
        """Return what the last completed look at a listing left behind."""
        if url not in self._validators:
            row = self._read(ListingValidators, url)
            self._validators[url] = _validators(row) if row else None
        return self._validators[url]

    def keep_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of a completed look, after the look itself was written."""
        self._validators[url] = validators
        self._write(_validators_row(url, validators))

    def _read(self, model: type[T], key: str) -> T | None:
        with self._readers() as session:
            return session.get(model, key)

    def _write(self, row: Any) -> None:
        def write(session: Session) -> None:
            session.merge(row)

        self._submit(write).add_done_callback(_warn)


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


def _warn(future: Future[Any]) -> None:
    if error := future.exception():
        logger.warning("host state not kept: %s", type(error).__name__)
