"""Runs one crawl of any number of sources: the same batch for the command line and the daemon."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings
from twisted.internet.error import ReactorNotRunning

from crawler.catalogue import SourceDefinition, SourceFolder, reading_key
from crawler.config import Options
from crawler.middlewares.crawl_delay import lane_key
from crawler.spiders.examination import ExaminationSpider, Work
from crawler.spiders.hubs import HubSpider
from crawler.spiders.looks import EndedLook
from crawler.spiders.news import NewsSpider
from crawler.spiders.page import FetchedPage, PageSpider
from crawler.workspace_archive import prepare_archive
from pipelines.looks import PageOutcome
from pipelines.outcome_words import meaning_of
from pipelines.storage.archive import archive_of
from pipelines.storage.database import DatabaseError, explained, open_engine, session_factory
from pipelines.storage.schema import require_current, schema_state, upgrade
from pipelines.storage.source_folder import save_folder
from pipelines.storage.source_history import ToldChange
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources

T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What one run did. ``failure`` is set when the run as a whole failed."""

    looks: tuple[EndedLook, ...]
    pages: tuple[PageOutcome, ...]
    stats: dict[str, Any]
    unfinished: int = 0  # looks cut off by the end of the run
    failure: Exception | None = None

    def stored(self, outcome: str) -> int:
        """Return how many articles ended in the store so: a StoreOutcome, or "failed"."""
        return int(self.stats.get(f"firstseen/stored/{outcome}", 0))

    @property
    def log_line(self) -> str:
        """Return what the batch did, as the daemon's log tells it."""
        failed = sum(not ended.look.is_answered for ended in self.looks)
        line = f"batch sections={len(self.looks)} failed={failed} articles={self.stored('new')}"
        lost = f" not_stored={self.stored('failed')} unfinished={self.unfinished}"
        return line + (lost if self.failure or self.stored("failed") else "")

    @property
    def exit_status(self) -> int:
        """Return 0 done, 1 failed, 3 partly: also where a look saw a part only."""
        failed = sum(not ended.look.is_answered for ended in self.looks) + self.unfinished
        partial = any(ended.look.outcome == "partial" for ended in self.looks)
        nothing_kept = not any(map(self.stored, ("new", "known", "revision", "completed")))
        if any(meaning_of(ended.look.outcome).reach == "stuck" for ended in self.looks):
            return 1  # our own way out, whatever else was reached
        if self.failure or (failed and failed >= len(self.looks)):
            return 1
        if self.stored("failed"):
            return 1 if nothing_kept else 3
        return 3 if failed or partial else 0


def prepare_database(
    url: str, definitions: Sequence[SourceDefinition], *, folder: SourceFolder | None = None
) -> None:
    """Create the schema where there is none, and save the sources. Raises DatabaseError.

    With ``folder``, the whole of which the definitions are a part, sources that are disabled or
    whose files are gone leave plan, budget and figures, and renamed ones keep their history.
    """
    changes: list[ToldChange] = []
    with explained(url):
        engine = open_engine(url, create=True)
        try:
            if schema_state(engine)[0] == "empty":
                upgrade(engine)
            require_current(engine)
            with session_factory(engine).begin() as session:
                if folder is not None:
                    unreadable = {path.stem for path in folder.faults}
                    facts = map(source_facts, folder.sources.values())
                    changes = save_folder(session, facts, unreadable=unreadable)
                save_sources(session, map(source_facts, definitions))
        finally:
            engine.dispose()
    for change in changes:
        level = logging.INFO if change.kind == "use" else logging.WARNING
        logger.log(level, "%s: %s", change.name, change.told)


def source_facts(definition: SourceDefinition) -> SourceFacts:
    """Return what the database keeps of a definition."""
    return SourceFacts(
        slug=definition.slug,
        name=definition.name,
        home_url=definition.home_url,
        country=definition.country,
        language=definition.language,
        family=definition.publisher_family,
        wikidata=definition.wikidata,
        sections=tuple(
            SectionFacts(s.key, s.kind, s.url, lane_key(s.url), s.name, reading_key(definition, s))
            for s in definition.sections
        ),
        enabled=definition.enabled,
    )


def batch_settings(options: Options, **more: Any) -> Settings:
    """Return Scrapy's settings for our options; ``more`` overrides them."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    settings = get_project_settings()
    fetch = options.fetch
    values: dict[str, Any] = {
        "FETCH_ALLOW": list(fetch.allow),
        "FETCH_PROXY": options.proxy_route(os.environ).url,
        "FETCH_CA_FILE": options.ca_file,
        "FETCH_PROXY_EXCEPT": list(fetch.proxy_except),
        "LANE_GAP": fetch.delay_seconds,
        "DOWNLOAD_TIMEOUT": fetch.timeout_seconds,
        "CONCURRENT_REQUESTS": fetch.hosts_at_once,
        "RENDER_BROWSER": fetch.browser,
        "ARTICLES_PER_SECTION": options.crawl.articles_per_section,
        "SITEMAPS_PER_SECTION": options.crawl.sitemaps_per_section,
        "RECHECKS_PER_SOURCE": options.recheck.per_source,
        "RECHECK_SPEED": options.recheck.speed,
        "REQUESTS_PER_DAY": options.schedule.requests_per_day,
        **more,
    }
    if fetch.contact:
        agent = str(settings["USER_AGENT"]).split(" (+")[0]
        values["USER_AGENT"] = f"{agent} (+{fetch.contact})"
    settings.setdict(values, priority="cmdline")
    return settings


class Crawls:
    """Crawls one after the other in one event loop; one object per process.

    ``await crawls.crawl(...)`` inside the coroutine given to ``run``. Ctrl-C ends the crawl under
    way after what is in flight, a second one ends it at once; afterwards ``stopped`` is true.
    """

    def __init__(self, options: Options, *, store: bool = True, **more: Any) -> None:
        """With ``store`` false nothing is written. ``more`` are Scrapy settings."""
        self._options, self._store = options, store
        if store:
            more |= {
                "FIRSTSEEN_DATABASE_URL": options.database_url,
                "FIRSTSEEN_WATCHES": str(options.watches_folder),
                "FIRSTSEEN_ALERT_HOURS": options.alerts.oldest_hours,
                "HOST_STATE": "pipelines.storage.archive.host_state",
                "VISIT_PLANNER": "crawler.schedule.planner.planner",
            }
        self._process = AsyncCrawlerProcess(batch_settings(options, **more))
        self.stopped = False

    def run(self, work: Coroutine[Any, Any, T], *, own_signals: bool = False) -> T:
        """Run the event loop until ``work`` is done, and return or raise what it did.

        With ``own_signals`` the work itself answers SIGINT and SIGTERM.
        """
        # Only now: the import installs a reactor, and Scrapy must have installed its own before.
        from twisted.internet import reactor as installed

        reactor = cast(Any, installed)

        outcome: Future[T] = Future()

        async def whole() -> None:
            try:
                outcome.set_result(await work)
            except BaseException as error:
                outcome.set_exception(error)
            finally:
                with suppress(ReactorNotRunning):
                    reactor.stop()

        reactor.callWhenRunning(lambda: asyncio.ensure_future(whole()))
        self._process.start(stop_after_crawl=False, install_signal_handlers=not own_signals)
        if not outcome.done():
            raise KeyboardInterrupt
        return outcome.result()

    async def crawl(
        self, definitions: Sequence[SourceDefinition], *, deadline: timedelta | None = None
    ) -> BatchReport:
        """Crawl the sources once, to be stopped at the deadline; they must have been saved before.

        Raises DatabaseError.
        """
        crawler = self._process.create_crawler(NewsSpider)
        loop = asyncio.get_running_loop()
        alarm = deadline and loop.call_later(deadline.total_seconds(), _stop_at_deadline, crawler)
        try:
            await self._process.crawl(crawler, definitions=tuple(definitions))
        finally:
            if alarm:
                alarm.cancel()
        spider = crawler.spider
        if not isinstance(spider, NewsSpider):
            raise DatabaseError("the crawl could not start; run again with --verbose")
        stats = dict(crawler.stats.get_stats()) if crawler.stats else {}
        self.stopped = stats.get("finish_reason") == "shutdown"
        archive = archive_of(crawler) if self._store else None
        return BatchReport(
            looks=tuple(spider.ended_looks),
            pages=tuple(spider.page_outcomes),
            stats=stats,
            unfinished=len(spider.open_looks),
            failure=archive.failure if archive else None,
        )

    async def post_to_hubs(self, requests: list[tuple[str, bytes]]) -> None:
        """Post subscription requests to hubs, as (address, form)."""
        await self._process.crawl(self._process.create_crawler(HubSpider), requests=requests)

    async def stop(self, *, within: timedelta) -> None:
        """End the crawls under way after what is in flight, or when the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.stop(), within.total_seconds())


def _stop_at_deadline(crawler: Crawler) -> None:
    if crawler.engine is not None and crawler.crawling:
        asyncio.ensure_future(crawler.engine.close_spider_async(reason="deadline"))  # noqa: RUF006 - the engine keeps it


def run_batch(
    options: Options, definitions: Sequence[SourceDefinition], *, store: bool = True, **more: Any
) -> BatchReport:
    """Crawl the sources once and return what came of it; only once per process.

    Raises DatabaseError.
    """
    if store:
        prepare_archive(options.database_url, options.workspace)
        prepare_database(options.database_url, definitions)
    crawls = Crawls(options, store=store, **more)
    return crawls.run(crawls.crawl(definitions))


def run_examination(options: Options, work: Work, **more: Any) -> Any:
    """Run a piece of work that fetches pages as a crawl would, storing nothing.

    Returns what it returned, None when it was stopped; only once per process.
    """
    process = AsyncCrawlerProcess(batch_settings(options, **more))
    crawler = process.create_crawler(ExaminationSpider)
    process.crawl(crawler, work=work)
    process.start()
    spider = crawler.spider
    return spider.result if isinstance(spider, ExaminationSpider) else None


def fetch_page(options: Options, url: str, **more: Any) -> FetchedPage:
    """Fetch one page as a crawl would, storing nothing; only once per process."""
    process = AsyncCrawlerProcess(batch_settings(options, **more))
    crawler = process.create_crawler(PageSpider)
    process.crawl(crawler, url=url)
    process.start()
    spider = crawler.spider
    return spider.fetched if isinstance(spider, PageSpider) else FetchedPage(url, "stopped")
