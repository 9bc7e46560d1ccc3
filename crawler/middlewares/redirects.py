"""Redirects: few, never in a circle, and without credentials across origins."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response
from w3lib.url import safe_url_string

from crawler.middlewares.address_guard import gate_of
from crawler.middlewares.outcomes import FetchFailure

MAX_REDIRECTS = 6  # publishers need two or three: scheme, www, a new slug
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BOUND_TO_ORIGIN = ("Authorization", "Cookie", "Proxy-Authorization", "Referer")


class RedirectLoop(FetchFailure):
    """The redirects go in a circle or do not end."""

    outcome = "redirect-loop"


def is_circle(url: str, earlier: list[str]) -> bool:
    """Return whether a redirect leads back to where this request has been."""
    return url in earlier


def same_origin(one: str, other: str) -> bool:
    """Return whether two URLs share scheme, host and port (RFC 6454 4)."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)


class OwnRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects with our limits; every hop passes guard, robots.txt and lane again."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Drop the Referer: no site learns from us where we came from."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Look for no RefererMiddleware: there is none."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return the next hop; BlockedAddress for a target that may not be fetched."""
        if 300 <= response.status < 400 and response.status != 304:
            target = safe_url_string(response.headers.get("Location") or b"")
            scheme, colon, _ = target.partition(":")
            if colon and scheme.isalpha() and scheme.lower() not in ("http", "https"):
                gate_of(self.crawler).check_request(request.replace(url=target))
        return super().process_response(request, response)

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        earlier = [*request.meta.get("redirect_urls", []), request.url]
        hops = request.meta.get("max_redirects", MAX_REDIRECTS)
        if is_circle(redirected.url, earlier) or len(earlier) > hops:
            raise RedirectLoop(f"{len(earlier)} redirects, from {earlier[0]} to {redirected.url}")
        if not same_origin(redirected.url, request.url):
            for header in _BOUND_TO_ORIGIN:
                redirected.headers.pop(header, None)
        hop = super()._redirect(redirected, request, reason)
        # Else the duplicate filter would swallow the hop without a word to callback or errback.
        return hop.replace(dont_filter=True)
