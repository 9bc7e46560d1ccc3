"""Which parts of a sitemap index to ask for first, and which are of a time long over."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.discovery.limits import PAST

_NEWS_NAMES = re.compile(r"news|google|latest|recent|today|aktuell|ultim|nachricht|noticia|haber")
_DULL_NAMES = re.compile(
    r"video|image|photo|gallery|author|autor|tag|topic|categor|section|page|static|product|archiv"
)
_NUMBERS = re.compile(r"\d+")
_PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2]))?(?!\d{3})")


def is_past(address: str, modified: datetime, now: datetime) -> bool:
    """Whether a child sitemap is, by its name and by its date, of a time long over.

    The name must hold a year and month, or a year: /sitemap-2019-03.xml; its lastmod, where it has
    one, must agree. Either alone may lie.
    """
    path = urlsplit(address).path + "?" + urlsplit(address).query
    months = [(int(y), int(m or 12)) for y, m in _PERIOD.findall(path)]
    if not months or modified > now - PAST:
        return False
    year, month = max(months)
    ended = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return ended < now - PAST


def promise(address: str, modified: datetime) -> tuple[int, float, list[int], str]:
    """Sort key of a child sitemap: news, then the latest change, then the highest numbers."""
    name = address.split("://", 1)[-1].partition("/")[2].lower()
    rank = 0 if _NEWS_NAMES.search(name) else 2 if _DULL_NAMES.search(name) else 1
    if _DULL_NAMES.search(name) and rank == 0:
        rank = 1
    numbers = [-int(number[:9]) for number in _NUMBERS.findall(name)]
    return rank, -modified.timestamp(), numbers, address
