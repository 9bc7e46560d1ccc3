"""Leads what Apprise sends over HTTP through the operator's proxy, and through no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from requests import sessions

from pipelines.proxy_route import ProxyRoute

_way = threading.local()


@contextmanager
def leaving_by(route: ProxyRoute) -> Iterator[None]:
    """Let what this thread asks for with requests take a route inside, and go straight outside."""
    before = getattr(_way, "route", None)
    _way.route = route
    try:
        yield
    finally:
        _way.route = before


def _proxies(url: str, no_proxy: Any = None) -> dict[str, str]:
    route = getattr(_way, "route", None)
    if route is None or not route.leads_to(urlsplit(url).hostname or ""):
        return {}
    return {"http": route.url, "https": route.url}


# Apprise has no option for a proxy, and requests would take one from the environment. For the life
# of the process; nothing else in it speaks HTTP with requests.
sessions.get_environ_proxies = _proxies  # type: ignore[attr-defined]  # not for export
