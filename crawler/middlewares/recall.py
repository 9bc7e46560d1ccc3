"""Reads what is remembered of a host before anything else asks for it."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.middlewares.conditional_get import validators_key
from crawler.middlewares.crawl_delay import RunStopped
from crawler.middlewares.host_state import HostStateStore, host_state_of
from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.robots_rules import origin_of
from pipelines.looks import LedgerError


class RecallMiddleware:
    """Waits for the host state of every request, redirect hops and robots.txt included.

    Where it cannot be read the run is ending: a fault of ours, of which the site is no part.
    """

    def __init__(self, store: HostStateStore) -> None:
        self.store = store

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Use the crawl's host state."""
        return cls(host_state_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Raise RunStopped when our own memory is lost."""
        try:
            await self.store.recall(
                origin=origin_of(request.url),
                lane=lane_key(request.url),
                url=validators_key(request),
            )
        except LedgerError as error:
            raise RunStopped("our own database cannot be read") from error
