"""Redirects: few, never in a circle, and without credentials across origins."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urldefrag, urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response
from w3lib.url import safe_url_string

from crawler.middlewares.addresses import AllowList, check_url
from crawler.middlewares.chain_cookies import give_cookies, keep_cookies
from crawler.middlewares.outcomes import FetchFailure, Outcome

MAX_REDIRECTS = 6  # publishers need two or three: scheme, www, a new slug
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BOUND_TO_ORIGIN = ("Authorization", "Cookie", "Proxy-Authorization", "Referer")


class RedirectLoop(FetchFailure):
    """The redirects go in a circle or do not end."""

    outcome: Outcome = "redirect-loop"


class WantsCookies(RedirectLoop):
    """The redirects go in a circle, with cookies given back as far as they may be."""

    outcome = "wants-cookies"


class BadRedirect(FetchFailure):
    """The Location cannot be read as an address."""

    outcome = "http-3xx"


def _asked(request: Request) -> tuple[str, bytes]:
    """Return what makes a hop another one: the same address with another cookie is no circle."""
    return urldefrag(request.url).url, request.headers.get("Cookie") or b""


def browser_location(location: bytes) -> bytes:
    """Return a Location with the backslashes that browsers read as slashes (URL Standard 4.4)."""
    head = re.split(rb"[?#]", location, maxsplit=1)[0]
    return head.replace(b"\\", b"/") + location[len(head) :]


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
        location = response.headers.get("Location")
        if location is None or response.status == 304 or not 300 <= response.status < 400:
            return response
        keep_cookies(response, request)
        response.headers["Location"] = browser_location(location)
        try:
            self._check_scheme(response.headers["Location"] or b"")
            return super().process_response(request, response)
        except ValueError as error:  # from urllib, which finds no port or no bracket
            raise BadRedirect(f"unreadable Location {location[:80]!r}") from error

    def _check_scheme(self, location: bytes) -> None:
        target = safe_url_string(location)
        scheme, colon, _ = target.partition(":")
        if colon and scheme.isalpha() and scheme.lower() not in ("http", "https"):
            check_url(target, AllowList())

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        if not same_origin(redirected.url, request.url):
            for header in _BOUND_TO_ORIGIN:
                redirected.headers.pop(header, None)
        earlier = [*request.meta.get("firstseen_asked", []), _asked(request)]
        has_cookies = give_cookies(redirected)
        hops = request.meta.get("max_redirects", MAX_REDIRECTS)
        if _asked(redirected) in earlier or len(earlier) > hops:
            told = f"{len(earlier)} redirects, from {earlier[0][0]} to {redirected.url}"
            if has_cookies:
                raise WantsCookies(f"{told}, which sets cookies and does not take them back")
            raise RedirectLoop(told)
        redirected.meta["firstseen_asked"] = earlier
        hop = super()._redirect(redirected, request, reason)
        # Else the duplicate filter would swallow the hop without a word to callback or errback.
        return hop.replace(dont_filter=True)
