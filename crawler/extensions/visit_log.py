"""Sees to it that every look ends as one Visit row, and that the archive is closed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from pipelines.items import ArticleItem
from pipelines.looks import LedgerError, PageOutcome
from pipelines.storage.archive import Archive, archive_of
from pipelines.storage.faults import told_in_one_line
from pipelines.url_key import url_key

logger = logging.getLogger(__name__)

_ASK_DROPPED_AGAIN = timedelta(days=1)


class VisitLog:
    """Scrapy extension, switched on by FIRSTSEEN_DATABASE_URL.

    Records the looks that the end of a run cuts off, remembers pages whose item was dropped, and
    stops the crawl when the database as a whole can no longer be written.
    """

    def __init__(self, crawler: Crawler, archive: Archive) -> None:
        self._crawler = crawler
        self._archive = archive
        self._stopping: asyncio.Task[Any] | None = None
        archive.on_failure = self._stop

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured without a database."""
        archive = archive_of(crawler)
        if archive is None:
            raise NotConfigured("FIRSTSEEN_DATABASE_URL is not set")
        log = cls(crawler, archive)
        crawler.signals.connect(log.item_dropped, signals.item_dropped)
        crawler.signals.connect(log.item_failed, signals.item_error)
        crawler.signals.connect(log.spider_closed, signals.spider_closed)
        return log

    def _stop(self, error: Exception) -> None:
        logger.error("the database cannot be used, stopping: %s", told_in_one_line(error))
        engine = self._crawler.engine
        if engine is not None and self._stopping is None:
            self._stopping = asyncio.ensure_future(
                engine.close_spider_async(reason="database_failed")
            )

    def item_failed(self, item: Any) -> None:
        """Count an article that could not be stored: the run must not end as if all were well."""
        if self._crawler.stats:
            self._crawler.stats.inc_value("firstseen/stored/failed")

    async def item_dropped(self, item: ArticleItem, exception: Exception) -> None:
        """Remember the page, or the next run would fetch it again for nothing.

        A further look at a stored article is noted by whoever asked for it.
        """
        if item.article_id is not None:
            return
        now = datetime.now(UTC)
        url = item.requested_url or item.url
        page = PageOutcome(
            url=url,
            url_key=url_key(url),
            source=item.source,
            outcome="dropped",
            at=now,
            retry_at=now + _ASK_DROPPED_AGAIN,
            visit_id=item.visit_id,
            detail=str(exception)[:300],
        )
        with suppress(LedgerError):
            await self._archive.record_page(page)

    async def spider_closed(self, spider: Any) -> None:
        """Record what the end cut off, then let go of the database."""
        try:
            with suppress(LedgerError):  # it has been told
                for look in spider.unfinished_looks():
                    await self._archive.record_look(look)
                for lesson in spider.readings.lessons(datetime.now(UTC)):
                    await self._archive.keep_lesson(lesson)
        finally:
            await asyncio.to_thread(self._archive.close)
