"""One batch of due sections: claim, crawl, give back. The same for cron and for the daemon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crawler.batch import BatchReport, Crawls, prepare_database
from crawler.catalogue import SourceDefinition, SourceFolder
from crawler.config import Options
from crawler.schedule.due import (
    LEASE,
    DueSection,
    claim_due,
    claim_named,
    look_again,
    new_owner,
    pull_back,
    release,
    renew,
    spread_overdue,
)
from crawler.spiders.looks import now_utc
from crawler.workspace_archive import prepare_archive
from pipelines.storage.database import explained, open_engine, session_factory
from pipelines.storage.faults import reason
from pipelines.storage.leader import leader_lock
from pipelines.storage.memory_models import ScheduleState

logger = logging.getLogger(__name__)

BATCH_DEADLINE = timedelta(minutes=10)
RENEW_EVERY = LEASE / 4  # so that three renewals in a row may fail
_TRIAL, _MUCH = "trial", "x" * 500_000  # the texts and indexes of some articles
_ALL_HOSTS = 1_000_000
_numbers = count(1)


def batch_owner() -> str:
    """Return a name for one batch, unique among all machines."""
    return new_owner(next(_numbers))


def narrowed(
    definitions: Iterable[SourceDefinition], claimed: Sequence[DueSection]
) -> list[SourceDefinition]:
    """Return the claimed definitions with only the claimed sections in them, perhaps none."""
    keys = {(due.source, due.section) for due in claimed}
    slugs = {due.source for due in claimed}
    return [
        replace(
            source,
            sections=tuple(s for s in source.sections if (source.slug, s.key) in keys),
        )
        for source in definitions
        if source.slug in slugs
    ]


class Claims:
    """Claims of one process on the sections of a database."""

    def __init__(self, url: str, clock: Callable[[], datetime] = now_utc) -> None:
        self._clock = clock
        self._engine = open_engine(url, hurried=True)
        self._sessions = session_factory(self._engine)

    def due(
        self, definitions: Sequence[SourceDefinition], owner: str, *, most_lanes: int
    ) -> list[SourceDefinition]:
        """Claim what is due of the definitions; return them narrowed to the claimed sections."""
        slugs = {source.slug for source in definitions}
        with self._sessions.begin() as session:
            claimed = claim_due(
                session, now=self._clock(), owner=owner, most_lanes=most_lanes, sources=slugs
            )
        return narrowed(definitions, claimed)

    def named(
        self, definitions: Sequence[SourceDefinition], owner: str
    ) -> tuple[list[SourceDefinition], list[str]]:
        """Claim all sections; also return the slugs that another batch is busy with."""
        slugs = {source.slug for source in definitions}
        with self._sessions.begin() as session:
            claimed, busy = claim_named(session, now=self._clock(), owner=owner, sources=slugs)
        return narrowed(definitions, claimed), busy

    def spread_overdue(self) -> int:
        """Spread what became due while nobody looked; return how many sections."""
        with self._sessions.begin() as session:
            return spread_overdue(session, self._clock())

    def look_again(self, failed_since: datetime, *, also_answered: bool = False) -> int:
        """Plan what failed since then anew, spread; return how many sections.

        ``also_answered``: what was found there could not be kept.
        """
        with self._sessions.begin() as session:
            return look_again(
                session, self._clock(), failed_since=failed_since, also_answered=also_answered
            )

    def now(self) -> datetime:
        """Return the time of the clock by which claims are made."""
        return self._clock()

    def try_to_write(self) -> None:
        """Write as much as an article takes, and take it away. Raises what the database raises."""
        with self._sessions.begin() as session:
            session.merge(ScheduleState(key=_TRIAL, value={"x": _MUCH}, updated_at=self._clock()))
        with self._sessions.begin() as session:
            session.execute(delete(ScheduleState).where(ScheduleState.key == _TRIAL))

    def follow_clock(self, jump: timedelta, owners: Sequence[str]) -> None:
        """Follow a clock that was set by ``jump``; ``owners`` are the batches under way."""
        now = self._clock()
        with self._sessions.begin() as session:
            for owner in owners:  # or their hosts would be claimed a second time
                renew(session, owner, now=now)
            if jump < timedelta():
                pull_back(session, now, -jump)
            else:
                spread_overdue(session, now)

    def renew(self, owner: str) -> None:
        """Keep the claims of a batch that is still at work."""
        with self._sessions.begin() as session:
            renew(session, owner, now=self._clock())

    def release(self, owner: str) -> None:
        """Give back what a batch claimed and did not look at."""
        with self._sessions.begin() as session:
            release(session, owner)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


async def crawl_claimed(
    crawls: Crawls,
    claims: Claims,
    definitions: Sequence[SourceDefinition],
    owner: str,
    *,
    deadline: timedelta | None = None,
) -> BatchReport:
    """Crawl claimed sections and give back the rest, whatever happens."""
    keeper = asyncio.ensure_future(_keep(claims, owner))
    try:
        return await crawls.crawl(definitions, deadline=deadline)
    finally:
        keeper.cancel()
        try:
            claims.release(owner)
        except SQLAlchemyError as error:  # what the crawl did must be told all the same
            logger.warning("claims not given back, they end by themselves: %s", _told(error))


async def _keep(claims: Claims, owner: str) -> None:
    """Renew the claims of a batch as long as it is at work, whatever became of a renewal."""
    while True:
        await asyncio.sleep(RENEW_EVERY.total_seconds())
        try:
            await asyncio.to_thread(claims.renew, owner)
        except Exception as error:
            logger.warning("claims not renewed, trying again: %s", _told(error))


def _told(error: Exception) -> str:
    return reason(error) if isinstance(error, DBAPIError) else type(error).__name__


@dataclass(frozen=True, slots=True)
class OnceReport:
    """One run from the command line: ``batch`` is None when there was nothing to do."""

    batch: BatchReport | None
    busy: tuple[str, ...] = ()  # sources that another batch has under way
    another_leads: bool = False

    @property
    def was_stopped(self) -> bool:
        """Whether somebody asked the run to end: then it does nothing more."""
        return self.batch is not None and self.batch.stats.get("finish_reason") == "shutdown"


def crawl_once(
    options: Options,
    definitions: Sequence[SourceDefinition],
    *,
    folder: SourceFolder | None = None,
    only_due: bool = False,
    most_lanes: int | None = None,
    **more: Any,
) -> OnceReport:
    """Crawl the sources, or with ``only_due`` what is due of them, once; once per process.

    With ``only_due`` a second run, or a daemon, that is at work already is left alone. ``folder``
    is the whole of which the definitions are a part, see ``prepare_database``. Raises
    DatabaseError.
    """
    prepare_archive(options.database_url, options.workspace)
    prepare_database(options.database_url, definitions, folder=folder)
    # Who types a command wants to know whether a site that asked for a pause is back.
    more.setdefault("HEED_EARLIER_HOLDS", only_due)
    lock = leader_lock(options.database_url)
    if only_due and not lock.acquire():
        return OnceReport(None, another_leads=True)
    claims, owner = Claims(options.database_url), batch_owner()
    try:
        with explained(options.database_url):
            if only_due:
                # All hosts that are due: the deadline gives back what one run cannot do, and
                # cron may not come again for minutes.
                chosen = claims.due(definitions, owner, most_lanes=most_lanes or _ALL_HOSTS)
                busy: list[str] = []
            else:
                chosen, busy = claims.named(definitions, owner)
        if not chosen:
            return OnceReport(None, tuple(busy))
        crawls = Crawls(options, **more)
        deadline = BATCH_DEADLINE if only_due else None
        batch = crawls.run(crawl_claimed(crawls, claims, chosen, owner, deadline=deadline))
        return OnceReport(batch, tuple(busy))
    finally:
        claims.close()
        lock.release()
