"""HubSpider: posts WebSub subscription requests through the same gate and lanes as a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response


class HubSpider(Spider):
    """Posts ``requests``, pairs of a hub's address and a form (WebSub 5.1)."""

    name = "hubs"

    def __init__(self, requests: list[tuple[str, bytes]] | None = None, **unknown: Any) -> None:
        if unknown:
            raise ValueError(f"unknown argument {sorted(unknown)}; known is requests")
        super().__init__(self.name)
        self._posts = requests or []

    async def start(self) -> AsyncIterator[Request]:
        """Ask every hub once; what it answers comes to the callback later."""
        for hub, form in self._posts:
            yield Request(
                hub,
                method="POST",
                body=form,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                meta={"firstseen_purpose": "hub"},
                callback=self.parse,
                dont_filter=True,
            )

    def parse(self, response: Response) -> None:
        """202 Accepted, and nothing to read."""
        self.logger.info("asked hub=%s status=%d", response.url, response.status)
