"""PageSpider: fetches one page through the same gate, lane and robots rules as a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.middlewares.outcomes import outcome_of
from crawler.spiders.article_pages import content_type_of
from crawler.spiders.looks import now_utc, told


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page as it arrived. ``outcome`` is "ok", or why there is nothing in ``body``."""

    url: str
    outcome: str
    body: bytes = b""
    content_type: str | None = None
    arrived_at: datetime | None = None
    detail: str = ""


class PageSpider(Spider):
    """Fetches ``url`` (``scrapy crawl page -a url=...``) and keeps it in ``fetched``."""

    name = "page"

    def __init__(self, url: str, **unknown: Any) -> None:
        if unknown:
            raise ValueError(f"unknown argument {sorted(unknown)}; known is url")
        super().__init__(self.name)
        self.url = url
        self.fetched = FetchedPage(url, "stopped")

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the page once."""
        meta = {"firstseen_purpose": "article"}
        yield Request(self.url, callback=self.parse, errback=self.failed, meta=meta)

    def parse(self, response: Response) -> None:
        """Keep the page."""
        outcome = outcome_of(response)
        kind = content_type_of(response)
        self.fetched = FetchedPage(response.url, outcome, response.body, kind, now_utc())

    def failed(self, failure: Failure) -> None:
        """Keep why there is none."""
        self.fetched = FetchedPage(self.url, outcome_of(failure), detail=told(failure))
