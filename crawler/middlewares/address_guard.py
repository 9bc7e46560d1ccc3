"""One fetch gate: what may be fetched, judged on the URL and again on the connected address."""

from __future__ import annotations

import os
from typing import Self
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.middlewares.addresses import AllowList, BlockedAddress
from crawler.middlewares.content_coding import ACCEPT_ENCODING
from crawler.middlewares.gate import Gate as PlainGate
from pipelines.proxy_route import proxy_route

__all__ = ["AddressGuardMiddleware", "AllowList", "BlockedAddress", "Gate", "gate_of"]


class Gate(PlainGate):
    """The gate of a crawl, which also judges what Scrapy is about to send."""

    def check_request(self, request: Request) -> None:
        """Raise BlockedAddress unless the URL may be tried, through the configured proxy if any."""
        self.check_url(request.url)
        proxy = self.proxy_for(request.url)
        if request.meta.get("proxy") not in (proxy, proxy and f"http://{self.route.shown}"):
            raise BlockedAddress("a request leaves through the configured proxy or through none")


_GATES: WeakKeyDictionary[Crawler, Gate] = WeakKeyDictionary()


def gate_of(crawler: Crawler) -> Gate:
    """Return the gate that all components of a crawl share (FETCH_ALLOW, FETCH_PROXY...)."""
    if crawler not in _GATES:
        _GATES[crawler] = Gate(
            AllowList.parse(crawler.settings.getlist("FETCH_ALLOW")),
            route=proxy_route(
                crawler.settings.get("FETCH_PROXY") or "",
                crawler.settings.getlist("FETCH_PROXY_EXCEPT"),
                os.environ,
            ),
        )
    return _GATES[crawler]


class AddressGuardMiddleware:
    """Refuses a request before anything is asked on its behalf, robots.txt included.

    The download handler judges again, on the address it is about to connect to.
    """

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read FETCH_ALLOW and FETCH_PROXY."""
        return cls(gate_of(crawler))

    def process_request(self, request: Request) -> None:
        """Raise BlockedAddress for a URL that must not be fetched; settle proxy and codings."""
        # Set even when None: HttpProxyMiddleware would else take a proxy from the environment.
        request.meta["proxy"] = self.gate.proxy_for(request.url)
        self.gate.check_request(request)
        request.headers.setdefault("Accept-Encoding", ACCEPT_ENCODING)
