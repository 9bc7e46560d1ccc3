"""Keeps what hosts got from us, every few seconds and at the end of a crawl."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.middlewares.conduct_tally import ConductTally, tally_of
from pipelines.storage.archive import Archive, archive_of
from pipelines.storage.conduct import record_conduct

WRITE_EVERY_SECONDS = 10.0  # a crash loses the counts of this long, never a count kept before


class ConductLog:
    """Scrapy extension, switched on by FIRSTSEEN_DATABASE_URL.

    Must stand before VisitLog in EXTENSIONS, which closes the archive at the end.
    """

    def __init__(self, tally: ConductTally, archive: Archive) -> None:
        self._tally, self._archive = tally, archive
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured without a database."""
        archive = archive_of(crawler)
        if archive is None:
            raise NotConfigured("FIRSTSEEN_DATABASE_URL is not set")
        log = cls(tally_of(crawler), archive)
        crawler.signals.connect(log.spider_opened, signals.spider_opened)
        crawler.signals.connect(log.spider_closed, signals.spider_closed)
        return log

    def spider_opened(self) -> None:
        """Begin to write from time to time."""
        self._keeper = asyncio.ensure_future(self._keep())

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_SECONDS)
            self.write()

    def write(self) -> None:
        """Hand what was counted to the writer; returns at once."""
        hours = self._tally.take()
        if hours:
            self._archive.submit(lambda session: record_conduct(session, hours), "conduct")

    def spider_closed(self) -> None:
        """Write the rest."""
        if self._keeper is not None:
            self._keeper.cancel()
        self.write()
