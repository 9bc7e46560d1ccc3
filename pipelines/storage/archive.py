"""The open database of one crawl: its writer thread, and the ledger of looks on top of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy.exceptions import NotConfigured
from scrapy.utils.misc import load_object
from sqlalchemy import Engine

from pipelines.looks import LookResult, PageOutcome, SectionLook
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.hosts import DatabaseHostState
from pipelines.storage.visits import Planner, record_look, record_page
from pipelines.storage.writer import Writer, is_fatal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Archive:
    """A database being written by one crawl. Implements the Ledger of ``pipelines.looks``."""

    def __init__(self, engine: Engine, readers: Engine, plan: Planner | None = None) -> None:
        """``plan`` sets when a section is looked at next; without it nothing is planned."""
        self._plan = plan
        self._engines = (engine, readers)
        self.sessions = session_factory(engine)
        self.writer = Writer(self.sessions)
        self.hosts = DatabaseHostState(session_factory(readers), self.writer.submit)
        self.failure: Exception | None = None
        self.on_failure: Callable[[Exception], None] = lambda error: None

    async def record_look(self, look: SectionLook) -> LookResult:
        """Keep one look; return the addresses of this section that are worth fetching now."""
        future = self.writer.submit(lambda session: record_look(session, look, self._plan))
        try:
            result: LookResult = await asyncio.wrap_future(future)
        except Exception as error:
            self.fail(error)
            raise
        return result

    async def record_page(self, page: PageOutcome) -> None:
        """Keep that an address gave no article."""
        future = self.writer.submit(lambda session: record_page(session, page))
        try:
            await asyncio.wrap_future(future)
        except Exception as error:
            self.fail(error)
            raise

    def fail(self, error: Exception) -> None:
        """Note an error that concerns the whole database: the crawl must end, and say so."""
        if is_fatal(error) and self.failure is None:
            self.failure = error
            self.on_failure(error)

    def close(self) -> None:
        """Write what waits and let go of the database."""
        self.writer.close()
        for engine in self._engines:
            engine.dispose()


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
        engines = open_engine(url), open_engine(url, read_only=True)
        _archives[crawler] = Archive(*engines, plan=load_object(plan)(crawler) if plan else None)
    return _archives[crawler]


def host_state(crawler: Crawler) -> DatabaseHostState:
    """Return the host state of a crawler that has an archive (Scrapy setting HOST_STATE)."""
    archive = archive_of(crawler)
    if archive is None:
        raise NotConfigured("FIRSTSEEN_DATABASE_URL is not set")
    return archive.hosts
