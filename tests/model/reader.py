"""Our side of the model: the real spider and ledger, run look by look without sockets."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from scrapy import Request, signals
from scrapy.http import Response
from scrapy.signalmanager import SignalManager
from sqlalchemy.orm import Session, sessionmaker

from crawler.batch import source_facts
from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.spiders.article_requests import ArticleRequests
from crawler.spiders.news import NewsSpider
from crawler.spiders.readings import Readings
from crawler.spiders.render_choice import RenderChoice
from pipelines.items import ArticleItem
from pipelines.looks import (
    LedgerError,
    LookResult,
    PageOutcome,
    Recheck,
    RecheckOutcome,
    SectionLook,
    SourceLesson,
)
from pipelines.storage.hosts import DatabaseHostState
from pipelines.storage.rechecks import due_rechecks, record_recheck
from pipelines.storage.sources import latest_addresses, save_sources
from pipelines.storage.visits import record_look, record_page
from tests.model.bytes import WholeReading
from tests.model.reading import QuickReading
from tests.model.server import Reply
from tests.model.wire import Wire
from tests.model.world import World

Store = Callable[[Session, ArticleItem], object]
_ARTICLES, _RECHECKS = 200, 50
logging.getLogger("news").setLevel(logging.CRITICAL)


class KilledError(Exception):
    """The process was ended."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look that was kept: what we concluded, and what was served to it."""

    look: SectionLook
    outcome: str  # as the ledger has it
    served: tuple[tuple[str, Reply | None], ...]
    known: frozenset[str]  # url keys that this section had listed before
    fresh: frozenset[str]
    address: str  # of the section
    era: int  # how often its address was changed before


@dataclass
class RunLedger:
    """The ledger of one run, on the caller's thread; it may break after so many calls."""

    reader: Reader
    breaks_after: int | None = None
    breaks_with: type[Exception] = KilledError
    calls: int = 0
    is_lost: bool = False

    def run(self, work: Callable[[Session], Any]) -> Any:
        """Run ``work(session)`` in a transaction of its own, unless the run broke before."""
        self.calls += 1
        if self.is_lost or (self.breaks_after is not None and self.calls > self.breaks_after):
            self.is_lost = True
            raise self.breaks_with
        with self.reader.sessions.begin() as session:
            return work(session)

    async def read(self, query: Callable[[Session], Any]) -> Any:
        """Run a query; it does not count as a call."""
        if self.is_lost:
            raise self.breaks_with
        with self.reader.sessions() as session:
            return query(session)

    def submit(self, work: Callable[[Session], Any], _what: str) -> None:
        """Write in passing what may be lost."""
        if not self.is_lost:
            with self.reader.sessions.begin() as session:
                work(session)

    async def record_look(self, look: SectionLook) -> LookResult:
        result: LookResult = self.run(lambda session: record_look(session, look))
        self.reader.note(look, result)
        return result

    async def record_page(self, page: PageOutcome) -> None:
        self.run(lambda session: record_page(session, page))

    async def due_rechecks(self, source: str, now: datetime, most: int) -> list[Recheck]:
        found: list[Recheck] = await self.read(
            lambda session: due_rechecks(session, source, now=now, most=most)
        )
        return found

    async def record_recheck(self, look: RecheckOutcome) -> None:
        self.run(lambda session: record_recheck(session, look))

    async def known_addresses(self, source: str, most: int) -> list[str]:
        found: list[str] = await self.read(lambda s: latest_addresses(s, source, most=most))
        return found

    async def lesson(self, source: str) -> SourceLesson | None:
        return None

    async def keep_lesson(self, lesson: SourceLesson) -> None:
        return None


@dataclass
class Reader:
    """firstseen at the model's publisher: its definition, its database, and all its looks."""

    world: World
    sessions: sessionmaker[Session]
    store: Store
    reading: QuickReading | WholeReading
    looked: list[Looked] = field(default_factory=list)
    include: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    first_list: int = 0
    era: int = 0
    _listed: dict[str, set[str]] = field(default_factory=dict)
    _served: dict[str, list[tuple[str, Reply | None]]] = field(default_factory=dict)

    @property
    def definition(self) -> SourceDefinition:
        """The source file as it stands."""
        history, site = self.world.history, self.world.site
        kind = "sitemap" if history.kind == "index" else history.kind
        urls = {"news": site.lists[self.first_list].url, "other": site.lists[1].url}
        sections = tuple(
            SectionDefinition(key, urls[key], kind, include=self.include, hosts=self.hosts)
            for key in ("news", "other")[: history.sections]
        )
        slug = f"paper-{site.number}"
        return SourceDefinition(slug, slug, f"{site.home}/", "NO", "en", sections)

    def configure(self, **changes: Any) -> None:
        """Write the source file anew and take it over."""
        for name, value in changes.items():
            setattr(self, name, value)
        with self.sessions.begin() as session:
            save_sources(session, [source_facts(self.definition)], now=self.world.our_time())

    def note(self, look: SectionLook, result: LookResult) -> None:
        """Keep a look beside what was served to it."""
        if result.visit_id is None:
            return
        name = f"{look.source}/{look.section}"
        listed = self._listed.setdefault(look.section, set())
        fresh = frozenset(link.url_key for link in (look.links or ()))
        outcome = result.outcome or look.outcome
        served = tuple(self._served.pop(name, ()))
        era = self.era if look.section == "news" else 0
        seen = Looked(look, outcome, served, frozenset(listed), fresh - listed, look.url, era)
        self.looked.append(seen)
        listed |= fresh | {link.url_key for link in look.left_out}

    async def run(self, *, breaks_after: int | None = None, breaks_with: Any = KilledError) -> None:
        """Look at all sections, fetch what they lead to, and look at stored articles again."""
        spider = NewsSpider(definitions=(self.definition,))
        ledger = RunLedger(self, breaks_after, breaks_with)
        state = DatabaseHostState(ledger.read, ledger.submit)
        self._served.clear()
        wire = Wire(self.world, state, self.reading, self._served)
        spider.crawler = SimpleNamespace(  # type: ignore[assignment]
            stats=None,
            signals=SignalManager(),
            settings=SimpleNamespace(getint=lambda name: _RECHECKS),
        )
        spider.ledger, spider.host_state = ledger, state
        spider.readings = Readings(ledger)
        if isinstance(self.reading, QuickReading):
            spider.readings.read = self.reading.page  # type: ignore[method-assign]
        spider.rendering = RenderChoice(None, patience=2)
        spider.articles = ArticleRequests(spider, _ARTICLES)
        spider.sitemaps_per_section = self.world.history.parts_read
        try:
            with self._in_the_model():
                await self._drive(spider, wire, ledger)
        except (KilledError, LedgerError):
            pass  # the run ends; nothing more is written

    async def _drive(self, spider: NewsSpider, wire: Wire, ledger: RunLedger) -> None:
        waiting: list[tuple[int, int, Request]] = []
        count = 0
        rounds: list[tuple[Any, Any]] = [(spider.start(), None)]
        while rounds or waiting:
            if rounds:
                answers, response = rounds.pop()
                async for found in answers:
                    if isinstance(found, ArticleItem):
                        kept = ledger.run(lambda session, item=found: self.store(session, item))
                        found.store_outcome = kept.outcome if kept else "known"
                        scraped = {"item": found, "response": response}
                        spider.crawler.signals.send_catch_log(signals.item_scraped, **scraped)
                        continue
                    count += 1
                    heapq.heappush(waiting, (-found.priority, count, found))
                continue
            request = heapq.heappop(waiting)[2]
            got = await wire.fetch(request)
            call = request.callback if isinstance(got, Response) else request.errback
            if not isinstance(got, Response):
                got.request = request
            result = call(got, **(request.cb_kwargs if isinstance(got, Response) else {}))
            if isinstance(result, Awaitable):
                await result
            else:
                rounds.append((result, got))

    @contextmanager
    def _in_the_model(self) -> Iterator[None]:
        """Let the real code see the model's clock, and its listings where reading is quick."""

        async def at_once(function: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
            return function(*args, **more)

        rooms = ("looks", "news", "article_requests", "rechecks")
        clocks = [
            mock.patch(f"crawler.spiders.{room}.now_utc", self.world.our_time) for room in rooms
        ]
        patches = [*clocks, mock.patch.object(asyncio, "to_thread", at_once)]
        if isinstance(self.reading, QuickReading):
            patches.append(mock.patch("crawler.spiders.news.read_listing", self.reading.listing))
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()
