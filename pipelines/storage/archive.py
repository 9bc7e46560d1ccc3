"""The open database of one crawl: its writer thread, and the ledger of looks on top of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from scrapy.exceptions import NotConfigured
from scrapy.utils.misc import load_object
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipelines.looks import (
    LedgerError,
    LookResult,
    PageOutcome,
    Recheck,
    RecheckOutcome,
    SectionLook,
    SourceLesson,
)
from pipelines.storage.database import session_factory, shared_engine
from pipelines.storage.faults import is_fatal
from pipelines.storage.hosts import DatabaseHostState
from pipelines.storage.lessons import find_lesson, save_lesson
from pipelines.storage.models import Article
from pipelines.storage.patience import Patience
from pipelines.storage.rechecks import due_rechecks, hand_out, record_recheck
from pipelines.storage.rendering import DatabaseRenderNotes
from pipelines.storage.sources import latest_addresses
from pipelines.storage.turns import take_turn
from pipelines.storage.visits import Planner, record_look, record_page
from pipelines.storage.writer import Work, Writer

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


T = TypeVar("T")
logger = logging.getLogger(__name__)
_READERS = 2  # threads of one crawl; the batches of a daemon share the connections of one engine


class Archive:
    """A database being written by one crawl. Implements the Ledger of ``pipelines.looks``.

    Reads are done beside the event loop and wait for a database that is away, as writes do. When it
    stays away, is full or damaged, ``failure`` is set, ``on_failure`` told, and nothing more is
    written: what happens to requests from then on is no fault of the sites they were meant for.
    """

    def __init__(
        self,
        engine: Engine,
        readers: Engine,
        plan: Planner | None = None,
        *,
        recheck_speed: float = 1.0,
    ) -> None:
        """``plan`` sets when a section is looked at next; without it nothing is planned."""
        self._plan = plan
        self._readers = session_factory(readers)
        self._reading = ThreadPoolExecutor(_READERS, "firstseen-reader")
        self._patience = Patience()
        self.recheck_speed = recheck_speed
        self.writer = Writer(session_factory(engine), patience=self._patience)
        self.hosts = DatabaseHostState(self.read, self.submit)
        self.render_notes = DatabaseRenderNotes(self.read, self.submit)
        self.failure: Exception | None = None
        self.on_failure: Callable[[Exception], None] = lambda error: None
        #: Called in the transaction that notes that an article is gone.
        self.when_gone: Callable[[Session, Article], object] = lambda session, article: None

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work(session)`` on the writer thread; return its result once it is committed.

        Raises LedgerError when the database as a whole cannot be written.
        """
        self._refuse_if_lost()
        try:
            result: T = await asyncio.wrap_future(self.writer.submit(work))
        except Exception as error:
            self._note(error)
            raise
        return result

    def submit(self, work: Work, what: str) -> None:
        """Queue ``work(session)`` and return at once.

        What cannot be kept is named in the log by ``what``, and learnt again.
        """
        if self.failure is not None:
            return
        loop = asyncio.get_running_loop()
        future = self.writer.submit(work)
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._kept, done, what))

    def _kept(self, done: Future[Any], what: str) -> None:
        error = done.exception()
        if error is None:
            return
        try:
            self._note(error)
        except LedgerError:
            return  # it has been told
        logger.warning("%s not kept: %s", what, type(error).__name__)

    async def read(self, query: Callable[[Session], T]) -> T:
        """Run ``query(session)`` beside the event loop, again while the database is away.

        Raises LedgerError when it stays away.
        """

        def ask() -> T:
            with self._readers() as session:
                return query(session)

        loop = asyncio.get_running_loop()
        with self._patience.wait() as wait:
            while True:
                self._refuse_if_lost()
                try:
                    return await loop.run_in_executor(self._reading, ask)
                except Exception as error:
                    gap = wait.gap_after(error)
                    if gap is None:
                        self._note(error)
                        raise
                await asyncio.sleep(gap)

    async def record_look(self, look: SectionLook) -> LookResult:
        """Keep one look; return the addresses of this section that are worth fetching now."""
        return await self.write(lambda session: record_look(session, look, self._plan))

    async def record_page(self, page: PageOutcome) -> None:
        """Keep that an address gave no article."""
        await self.write(lambda session: record_page(session, page))

    async def due_rechecks(self, source: str, now: datetime, most: int) -> list[Recheck]:
        """Return at most ``most`` stored articles of a source that are due for another look."""
        due = await self.read(lambda session: due_rechecks(session, source, now=now, most=most))
        if due:
            await self.write(lambda session: hand_out(session, due, now=now))
        return due

    async def record_recheck(self, look: RecheckOutcome) -> None:
        """Keep a look at a stored article that brought no text."""
        await self.write(lambda session: self._note_recheck(session, look))

    def _note_recheck(self, session: Session, look: RecheckOutcome) -> None:
        gone = record_recheck(session, look, speed=self.recheck_speed)
        if gone is not None:
            take_turn(session)  # it raises alerts, as storing does
            self.when_gone(session, gone)

    async def known_addresses(self, source: str, most: int) -> list[str]:
        """Return the addresses of a source's latest stored articles, at most ``most``."""
        return await self.read(lambda session: latest_addresses(session, source, most=most))

    async def lesson(self, source: str) -> SourceLesson | None:
        """Return what reading a source's pages taught so far, None when nothing yet."""
        return await self.read(lambda session: find_lesson(session, source))

    async def keep_lesson(self, lesson: SourceLesson) -> None:
        """Keep what reading a source's pages taught."""
        await self.write(lambda session: save_lesson(session, lesson))

    def _refuse_if_lost(self) -> None:
        if self.failure is not None:
            raise LedgerError from self.failure

    def _note(self, error: BaseException) -> None:
        """Note an error that concerns the whole database: the crawl must end, and say so."""
        if not isinstance(error, Exception) or not is_fatal(error):
            return
        if self.failure is None:
            self.failure = error
            self.on_failure(error)
        raise LedgerError from error

    def close(self) -> None:
        """Write what waits and let go of the database, and of whoever asked to be told."""
        self.writer.close()
        self._reading.shutdown(wait=False)
        # Both may know the crawler, and the map of archives keeps a crawler only while nobody does.
        self.on_failure = lambda error: None
        self.when_gone = lambda session, article: None


_archives: WeakKeyDictionary[Crawler, Archive] = WeakKeyDictionary()


def archive_of(crawler: Crawler) -> Archive | None:
    """Return the archive of a Scrapy crawler, opened at the first call.

    None when its FIRSTSEEN_DATABASE_URL is not set. VISIT_PLANNER names a callable that takes the
    crawler and returns the Planner. Raises DatabaseError.
    """
    url = crawler.settings.get("FIRSTSEEN_DATABASE_URL")
    if not url:
        return None
    if crawler not in _archives:
        plan = crawler.settings.get("VISIT_PLANNER")
        engines = shared_engine(url), shared_engine(url, read_only=True)
        _archives[crawler] = Archive(
            *engines,
            plan=load_object(plan)(crawler) if plan else None,
            recheck_speed=crawler.settings.getfloat("RECHECK_SPEED", 1.0),
        )
    return _archives[crawler]


def host_state(crawler: Crawler) -> DatabaseHostState:
    """Return the host state of a crawler that has an archive (Scrapy setting HOST_STATE)."""
    archive = archive_of(crawler)
    if archive is None:
        raise NotConfigured("FIRSTSEEN_DATABASE_URL is not set")
    return archive.hosts
