"""What is remembered about hosts between requests and, with a lasting store, between runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, cast
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from scrapy.utils.misc import load_object

from pipelines.host_memory import RobotsCopy, Validators


class HostStateStore(Protocol):
    """Where robots copies, hold-offs and validators live.

    Every method but ``recall`` is called on the event loop and must return at once: a store that
    writes to a database queues its writes, and reads when a request begins. Times are aware UTC.
    ``origin`` is "https://host[:port]", ``lane`` is "host" or "host:port", ``url`` the address of
    the listing as the section names it.
    """

    async def recall(self, *, origin: str, lane: str, url: str) -> None:
        """Make ready what is asked for while a request is under way. Raises LedgerError."""

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the last readable robots.txt of an origin, however old."""

    def keep_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Keep a freshly read robots.txt."""

    def held_until(self, lane: str) -> datetime | None:
        """Return until when the host asked us to stay away, None when it did not."""

    def hold(self, lane: str, until: datetime) -> None:
        """Keep the host's wish to be left alone; a later time wins over an earlier one."""

    def validators(self, url: str) -> Validators | None:
        """Return what the last completed look at a listing left behind."""

    def keep_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of a completed look."""


class MemoryHostState:
    """A HostStateStore that lasts as long as the process: enough for a single run."""

    def __init__(self) -> None:
        self._robots: dict[str, RobotsCopy] = {}
        self._held: dict[str, datetime] = {}
        self._validators: dict[str, Validators] = {}

    async def recall(self, *, origin: str, lane: str, url: str) -> None:
        """Everything is ready."""

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the last readable robots.txt of an origin, however old."""
        return self._robots.get(origin)

    def keep_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Keep a freshly read robots.txt."""
        self._robots[origin] = copy

    def held_until(self, lane: str) -> datetime | None:
        """Return until when the host asked us to stay away, None when it did not."""
        return self._held.get(lane)

    def hold(self, lane: str, until: datetime) -> None:
        """Keep the host's wish to be left alone; a later time wins over an earlier one."""
        self._held[lane] = max(until, self._held.get(lane, until))

    def validators(self, url: str) -> Validators | None:
        """Return what the last completed look at a listing left behind."""
        return self._validators.get(url)

    def keep_validators(self, url: str, validators: Validators) -> None:
        """Keep the validators of a completed look."""
        self._validators[url] = validators


__all__ = ["HostStateStore", "MemoryHostState", "RobotsCopy", "Validators", "host_state_of"]

HostStateFactory = Callable[[Crawler], HostStateStore]
_STATES: WeakKeyDictionary[Crawler, HostStateStore] = WeakKeyDictionary()


def host_state_of(crawler: Crawler) -> HostStateStore:
    """Return the one store that all components of a crawl share.

    The setting HOST_STATE names a callable taking the crawler (or its import path); without it the
    state lives in memory. A callable, because Scrapy deep-copies settings and a store must not be.
    """
    if crawler not in _STATES:
        factory = crawler.settings.get("HOST_STATE")
        if factory is None:
            _STATES[crawler] = MemoryHostState()
        else:
            _STATES[crawler] = cast("HostStateFactory", load_object(factory))(crawler)
    return _STATES[crawler]
