"""One fetch gate: what may be fetched, judged on the URL and again on the connected address."""

from __future__ import annotations

import os
from typing import Self
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.middlewares.addresses import AllowList, BlockedAddress, check_address, check_url
from crawler.middlewares.content_coding import ACCEPT_ENCODING
from pipelines.proxy_route import ProxyRoute, proxy_route

__all__ = ["AddressGuardMiddleware", "AllowList", "BlockedAddress", "Gate", "gate_of"]


class Gate:
    """The rules of one crawl: the operator's exceptions, and the one proxy if there is one.

    A proxy resolves names itself, so behind it only the URL can be judged here; the proxy must
    refuse internal addresses. It is used only when configured, never from the environment.
    """

    def __init__(self, allow: AllowList, *, route: ProxyRoute | None = None) -> None:
        self.allow = allow
        self.route = route or ProxyRoute()

    def proxy_for(self, url: str) -> str | None:
        """Return the address of the proxy, login included, that a request leaves through."""
        return self.route.url if self.route.leads_to(urlsplit(url).hostname or "") else None

    def check_request(self, request: Request) -> None:
        """Raise BlockedAddress unless the URL may be tried, through the configured proxy if any."""
        check_url(request.url, self.allow)
        proxy = self.proxy_for(request.url)
        if request.meta.get("proxy") not in (proxy, proxy and f"http://{self.route.shown}"):
            raise BlockedAddress("a request leaves through the configured proxy or through none")

    def check_connection(self, host: str, port: int, *, name: str) -> None:
        """Raise BlockedAddress unless this address may be connected to for the host ``name``."""
        if not self.route.leads_to(name):
            check_address(host, port, self.allow, name=name)
        elif port != self.route.port:  # the operator's own proxy may well be an internal address
            raise BlockedAddress("only the configured proxy is connected to")


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
