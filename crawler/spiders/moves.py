"""Notices that a listing has moved to another site, and says how to follow it."""

from __future__ import annotations

from scrapy.http import Response

from crawler.spiders.article_pages import is_own_page
from crawler.spiders.looks import OpenLook

_FOR_GOOD = frozenset({301, 308})  # RFC 9110 15.4.2, 15.4.9


def moved_address(look: OpenLook, response: Response) -> str | None:
    """Return where a listing has moved for good, None where it is still at home.

    It has moved when a permanent redirect leads to another site and nothing there is kept: a feed
    service that lists the publisher's own pages is no move.
    """
    if look.links or is_own_page(response.url, look.source, look.section):
        return None
    codes = response.meta.get("redirect_reasons", ())
    return response.url if any(code in _FOR_GOOD for code in codes) else None


def describe_move(look: OpenLook, address: str) -> str:
    """Return the sentence for the operator: the new address, and the command that accepts it."""
    return (
        f"moved for good to {address}; if that is the publisher, "
        f"accept it with `firstseen sources move {look.name} {address}`"
    )
