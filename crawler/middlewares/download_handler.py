"""The one gate through which every plain HTTP request leaves: lane, address check, limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.interfaces import (
    IConnector,
    IReactorPluggableNameResolver,
    IReactorTCP,
    IReactorTime,
)
from twisted.internet.protocol import ClientFactory
from twisted.web.client import Agent
from zope.interface import implementer  # type: ignore[import-untyped]  # no stubs

from crawler.middlewares.address_guard import BlockedAddress, Gate, gate_of
from crawler.middlewares.authorities import OwnAuthorities
from crawler.middlewares.conduct_tally import tally_of
from crawler.middlewares.crawl_delay import lanes_of
from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.lenient_http import LenientFactory
from crawler.middlewares.proxy_failures import CONNECT_SECONDS, check_login, proxy_failure
from crawler.middlewares.rendering_switch import Rendering, is_rendering_wanted
from crawler.middlewares.whole_response import ROBOTS_BYTES, limit_for, whole_response


@implementer(IReactorPluggableNameResolver, IReactorTCP, IReactorTime)
class GuardedReactor:
    """A reactor that connects only to addresses which pass the gate.

    Every attempt of Twisted's endpoints ends in connectTCP with the literal address about to be
    contacted - after DNS, for each of several answers, for every hop - so this is the one place
    that a redirect, a rebinding name or an odd spelling cannot walk around.
    """

    def __init__(self, reactor: Any, gate: Gate, name: str) -> None:
        self._reactor = reactor
        self._gate = gate
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._reactor, attribute)

    def connectTCP(  # noqa: N802 - Twisted's name
        self, host: str, port: int, factory: ClientFactory, *args: Any, **kwargs: Any
    ) -> IConnector:
        """Connect if the gate lets this address pass, else raise BlockedAddress."""
        self._gate.check_connection(host, port, name=self._name)
        return cast("IConnector", self._reactor.connectTCP(host, port, factory, *args, **kwargs))

    def _no_other_way(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise BlockedAddress("only TCP connections through the gate")

    connectSSL = connectUNIX = connectUDP = spawnProcess = _no_other_way  # noqa: N815


class _GatedAgent(_ScrapyAgent):
    """Scrapy's agent with the reactor behind the gate."""

    gate: Gate

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        if request.meta.get("proxy"):
            timeout = min(timeout, CONNECT_SECONDS)
        agent = super()._get_agent(request, timeout)
        guarded: Any = GuardedReactor(
            agent._reactor, self.gate, urlsplit(request.url).hostname or ""
        )
        agent._reactor = guarded
        agent._endpointFactory._reactor = guarded
        return agent


class GatedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler, one request per lane at a time, whole replies only."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._gate = gate_of(crawler)
        self._lanes = lanes_of(crawler)
        self._tally = tally_of(crawler)
        self._pool._factory = LenientFactory
        if authorities := crawler.settings.get("FETCH_CA_FILE"):
            policy: Any = OwnAuthorities.for_file(crawler, authorities)
            self._contextFactory = policy
        crawler.signals.connect(_stop_long_robots, signal=signals.bytes_received)
        self._rendering = Rendering(crawler)

    async def download_request(self, request: Request) -> Response:
        """Wait for the host's lane, check the address, and return the unpacked, whole response.

        With ``meta["firstseen_render"]`` the response is the page after its scripts have run.
        """
        self._gate.check_request(request)
        purpose = request.meta.get("firstseen_purpose")
        is_robots = purpose == "robots"
        request.meta["download_maxsize"] = 0 if is_robots else limit_for(request)
        request.meta["firstseen_robots_bytes"] = 0  # an earlier try or hop may have counted
        if purpose == "rendering":  # asked for by a page, within that page's turn
            return await self._fetch(request)
        is_rendered = is_rendering_wanted(request)
        if is_rendered:
            self._rendering.check()  # no request for a page that nobody could show
        async with self._lanes.turn(lane_key(request.url), is_robots=is_robots) as gap:
            # A redirect or another try keeps the first: what it shows is no older than that.
            request.meta.setdefault("firstseen_asked_at", datetime.now(UTC))
            fetch = partial(self._fetch, gap=gap)
            return await (self._rendering.page(request, fetch) if is_rendered else fetch(request))

    async def _fetch(self, request: Request, gap: float | None = None) -> Response:
        agent = _GatedAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        agent.gate = self._gate
        request.meta["firstseen_sent"] = True  # of this request, or of one that led to it
        with self._tally.exchange(request, gap=gap) as exchange:
            with self._blaming_proxy(request), wrap_twisted_exceptions():
                response = await maybe_deferred_to_future(agent.download_request(request))
            exchange.answered(response)
        if request.meta.get("proxy"):
            check_login(response, self._gate.route.shown)
        return whole_response(response, request)

    @contextmanager
    def _blaming_proxy(self, request: Request) -> Iterator[None]:
        """Tell failures of the proxy as such; the site behind it was not even asked."""
        try:
            yield
        except Exception as error:
            failure = proxy_failure(error, self._gate.route.shown)
            if request.meta.get("proxy") and failure:
                raise failure from error
            raise

    async def close(self) -> None:
        """Close the connections, and the browser if one was needed."""
        await self._rendering.close()
        await super().close()


def _stop_long_robots(data: bytes, request: Request) -> None:
    """End the download of a robots.txt after what is read of it; what came until then counts."""
    if request.meta.get("firstseen_purpose") != "robots":
        return
    request.meta["firstseen_robots_bytes"] = request.meta.get("firstseen_robots_bytes", 0) + len(
        data
    )
    if request.meta["firstseen_robots_bytes"] > ROBOTS_BYTES:
        raise StopDownload(fail=False)
