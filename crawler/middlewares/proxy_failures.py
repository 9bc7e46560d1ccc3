"""Tells the proxy's own failures, which are ours, from those of the site behind it."""

from __future__ import annotations

import re

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.http import Response
from twisted.internet import error as tx_errors

from crawler.middlewares.outcomes import FetchFailure, causes_of

#: Seconds in which a proxy must be connected to: it is near, and its silence is not the site's.
CONNECT_SECONDS = 15.0
_LOGIN_REFUSED = 407
# What a proxy answers to CONNECT when the far side cannot be reached (RFC 9110 15.6.3, 15.6.5).
_FAR_SIDE = frozenset({"502", "503", "504"})
_STATUS = re.compile(r"'status': (\d{3})")


class ProxyFailed(FetchFailure):
    """The proxy failed, not the site: nothing was learnt about the site."""

    outcome = "proxy-failed"


class TunnelFailed(FetchFailure):
    """The proxy answers, and says that it cannot reach the site."""

    outcome = "network"


def proxy_failure(error: BaseException, proxy: str) -> FetchFailure | None:
    """Return what went wrong between us and the proxy, None when the proxy was not the reason.

    ``proxy`` is how the proxy is named to people, without its login.
    """
    causes = list(causes_of(error))
    for cause in causes:
        if isinstance(cause, TunnelError):
            found = _STATUS.search(str(cause))
            status = found[1] if found else "something that is no HTTP"
            told = f"the proxy {proxy} answers {status} to CONNECT"
            return TunnelFailed(told) if status in _FAR_SIDE else ProxyFailed(told)
    # With a proxy, nothing else is connected to and no other name is looked up here.
    for cause in causes:
        if isinstance(cause, (tx_errors.ConnectError, tx_errors.DNSLookupError)):
            return ProxyFailed(f"the proxy {proxy} cannot be reached: {type(cause).__name__}")
    return None


def check_login(response: Response, proxy: str) -> None:
    """Raise ProxyFailed where the proxy asks for a login instead of passing the answer on."""
    if response.status == _LOGIN_REFUSED:
        raise ProxyFailed(f"the proxy {proxy} asks for another login: HTTP {_LOGIN_REFUSED}")
