"""Cookies that live for one chain of redirects: some sites want back what they have just set."""

from __future__ import annotations

from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from pipelines.public_suffix import registrable_domain

_KEPT_IN = "firstseen_cookies"  # of a request's meta, which each hop of a chain hands to the next


class _OneOwner(DefaultCookiePolicy):
    """RFC 6265 as Python reads it, and no cookie for all of "co.uk" (5.3, step 5)."""

    def set_ok_domain(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a cookie's domain has one owner."""
        below = f"x.{cookie.domain.lstrip('.').lower()}"
        is_suffix = registrable_domain(below) == below  # what lies below it has owners of its own
        is_shared = cookie.domain_specified and is_suffix
        return not is_shared and super().set_ok_domain(cookie, request)


def keep_cookies(response: Response, request: Request) -> None:
    """Keep what a redirect sets for the rest of its chain."""
    if response.headers.getlist("Set-Cookie"):
        jar = request.meta.get(_KEPT_IN) or CookieJar(_OneOwner())
        jar.extract_cookies(response, request)
        request.meta[_KEPT_IN] = jar


def give_cookies(hop: Request) -> bool:
    """Send the chain's cookies along with a hop, where they belong; return whether any were set."""
    jar = hop.meta.get(_KEPT_IN)
    if jar is None:
        return False
    hop.headers.pop("Cookie", None)
    jar.add_cookie_header(hop)
    return True
