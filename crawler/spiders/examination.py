"""ExaminationSpider: lets one piece of work fetch pages, one after the other, as a crawl would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from scrapy import Request, Spider
from scrapy.http.request import NO_CALLBACK

from crawler.middlewares.host_state import RobotsCopy, host_state_of
from crawler.middlewares.outcomes import outcome_of
from crawler.middlewares.robots_rules import origin_of
from crawler.spiders.article_pages import content_type_of
from crawler.spiders.looks import now_utc, told
from crawler.spiders.page import FetchedPage


class Visitor(Protocol):
    """What the work is handed: a site it may look at, within a budget."""

    async def fetch(self, url: str, *, purpose: str = "listing") -> FetchedPage:
        """Return a page after redirects. Never raises: ``outcome`` says how it ended."""

    def robots(self, url: str) -> RobotsCopy | None:
        """Return the robots.txt of an address that was fetched, None when it could not be read."""


Work = Callable[[Visitor], Awaitable[Any]]


class ExaminationSpider(Spider):
    """Runs ``work`` and keeps what it returned in ``result``."""

    name = "examination"

    def __init__(self, work: Work | None = None, most_fetches: int = 30, **unknown: Any) -> None:
        if work is None or unknown:
            raise ValueError("this spider is run by `firstseen sources doctor` only")
        super().__init__(self.name)
        self.work, self.most_fetches = work, most_fetches
        self.result: Any = None
        self._known: dict[str, FetchedPage] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Do the work; its requests go through the engine, and so through every middleware."""
        self.result = await self.work(self)
        nothing_more: tuple[Request, ...] = ()
        for request in nothing_more:
            yield request

    async def fetch(self, url: str, *, purpose: str = "listing") -> FetchedPage:
        """Return a page after redirects; one asked for before is not asked for again."""
        if url not in self._known:
            if len(self._known) >= self.most_fetches:
                return FetchedPage(url, "stopped", detail="looked at enough pages of this site")
            self._known[url] = await self._ask(url, purpose)
        return self._known[url]

    async def _ask(self, url: str, purpose: str) -> FetchedPage:
        engine = self.crawler.engine
        assert engine is not None
        try:
            request: Request = Request(
                url, callback=NO_CALLBACK, meta={"firstseen_purpose": purpose}, dont_filter=True
            )
            response = await engine.download_async(request)
        except Exception as error:
            return FetchedPage(url, outcome_of(error), detail=told(error))
        outcome, kind = outcome_of(response), content_type_of(response)
        detail = "" if outcome == "ok" else f"HTTP {response.status}"
        return FetchedPage(response.url, outcome, response.body, kind, now_utc(), detail)

    def robots(self, url: str) -> RobotsCopy | None:
        """Return the robots.txt of an address that was fetched."""
        return host_state_of(self.crawler).robots(origin_of(url))
