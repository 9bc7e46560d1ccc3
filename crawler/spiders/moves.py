"""Notices that a listing has moved to another site, or its domain is for sale, and says so."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.spiders.article_pages import is_own_page
from crawler.spiders.looks import OpenLook

_FOR_GOOD = frozenset({301, 308})  # RFC 9110 15.4.2, 15.4.9
_READ = 200_000  # bytes of a page without a listing
# What the pages of domains that are for sale say of themselves, and on whose servers they stand.
_FOR_SALE = re.compile(
    r"(?:domain|domain name|website|web address)[^<>.]{0,60}\b(?:is|may be|are)\b[^<>.]{0,20}"
    r"\bfor sale\b|\b(?:buy|make an offer on|inquire about|purchase) this domain\b"
    r"|\bdomain\b[^<>.]{0,40}\b(?:steht|ist) zu[mr]? verkauf|\bdomain\b[^<>.]{0,40}zu verkaufen"
    r"|\bdomaine?\b[^<>.]{0,40}(?:à vendre|en vente)|\bdominio\b[^<>.]{0,40}(?:en venta|in vendita)"
    r"|\bdomínio\b[^<>.]{0,40}à venda|\bdomein\b[^<>.]{0,40}te koop|домен[^<>.]{0,40}прода"
    r"|\bdomén[^<>.]{0,40}na prodej|\bdomen[^<>.]{0,40}(?:satılık|na sprzedaż)"
    r"|(?:this|the) domain (?:is|has been) parked|\bparked (?:free|domain)\b",
    re.IGNORECASE,
)
_MARKETS = (
    *("sedoparking.com", "sedo.com", "parkingcrew.net", "bodis.com", "dan.com", "afternic.com"),
    *("hugedomains.com", "above.com", "undeveloped.com", "uniregistry.com", "parklogic.com"),
    *("domainmarket.com", "buydomains.com", "voodoo.com", "smartname.com", "skenzo.com"),
)
_LED_TO_MARKET = re.compile(
    r"(?:href|src|action)\s*=\s*[\"']?(?:https?:)?//(?:[\w-]+\.)*(?:"
    + "|".join(map(re.escape, _MARKETS))
    + r")[/\"'?:]",
    re.IGNORECASE,
)


def moved_address(look: OpenLook, answer: Response | Request) -> str | None:
    """Return where a listing has moved for good, None where it is still at home.

    It has moved when a permanent redirect leads to another site and nothing there is kept: a feed
    service that lists the publisher's own pages is no move. What the other site answers, and
    whether it does, changes nothing: then the last request says where it led.
    """
    if look.links or is_own_page(answer.url, look.source, look.section):
        return None
    codes = answer.meta.get("redirect_reasons", ())
    return answer.url if any(code in _FOR_GOOD for code in codes) else None


def is_for_sale(response: Response) -> bool:
    """Whether a page without a listing is that of a domain which is parked or for sale."""
    host = (urlsplit(response.url).hostname or "").lower()
    page = response.body[:_READ].decode("utf-8", "replace")
    on_market = any(host == market or host.endswith(f".{market}") for market in _MARKETS)
    return on_market or bool(_FOR_SALE.search(page) or _LED_TO_MARKET.search(page))


def describe_move(look: OpenLook, address: str) -> str:
    """Return the sentence for the operator: the new address, and the command that accepts it."""
    return (
        f"moved for good to {address}; if that is the publisher, "
        f"accept it with `firstseen sources move {look.name} {address}`"
    )


def describe_sale(look: OpenLook) -> str:
    """Return the sentence for the operator where nobody says where the publisher is now."""
    return (
        "its domain is parked or for sale; when you know where the publisher is now, "
        f"`firstseen sources move {look.name} ADDRESS`"
    )


def gone_elsewhere(look: OpenLook, response: Response) -> str | None:
    """Return the sentence of a listing that is not where it was, None where it only shows none."""
    if address := moved_address(look, response):
        return describe_move(look, address)
    return describe_sale(look) if is_for_sale(response) else None
