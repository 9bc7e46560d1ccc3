"""What may be contacted, and through which proxy; needs no Scrapy, so that all who leave ask it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from crawler.config import Options
from crawler.middlewares.addresses import AllowList, BlockedAddress, check_address, check_url
from pipelines.proxy_route import NO_PROXY, ProxyRoute


class Gate:
    """The rules of one process: the operator's exceptions, and the one proxy if there is one.

    A proxy resolves names itself, so behind it only the URL can be judged here; the proxy must
    refuse internal addresses. It is used only when configured, never from the environment.
    """

    def __init__(self, allow: AllowList, route: ProxyRoute = NO_PROXY) -> None:
        self.allow = allow
        self.route = route

    @classmethod
    def of(cls, options: Options, environ: Mapping[str, str]) -> Self:
        """Return the gate of a workspace. Raises OperatorError for an unusable option."""
        return cls(AllowList.parse(options.fetch.allow), options.proxy_route(environ))

    def proxy_for(self, url: str) -> str | None:
        """Return the address of the proxy, login included, that a request leaves through."""
        return self.route.url if self.route.leads_to(urlsplit(url).hostname or "") else None

    def check_url(self, url: str) -> tuple[str, int]:
        """Return host and port of a URL that may be tried, else raise BlockedAddress."""
        return check_url(url, self.allow)

    def check_connection(self, ip: str, port: int, *, name: str) -> None:
        """Raise BlockedAddress unless this address may be connected to for the host ``name``."""
        if not self.route.leads_to(name):
            check_address(ip, port, self.allow, name=name)
        elif port != self.route.port:  # the operator's own proxy may well be an internal address
            raise BlockedAddress("only the configured proxy is connected to")
