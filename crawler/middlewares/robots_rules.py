"""What a robots.txt that was read says to us (RFC 9309); needs no network and no Scrapy."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from protego import Protego

from pipelines.host_memory import RobotsCopy

_AGENT_LINE = re.compile(r"(?im)^([ \t]*user-?[ \t]?agent[ \t]*:)[ \t]*([^\n#]*)")
_TOKEN = re.compile(r"[A-Za-z0-9_*-]+")


def addressed_to(text: str, token: str) -> str:
    """Return a robots.txt in which groups for other crawlers cannot be taken for ours.

    A group is ours if its product token (RFC 9309 2.2.1) equals ``token`` without regard to case:
    "FirstSeen/1.0 news" is ours, "first" and "firstseen-images" are not.
    """

    def rename(line: re.Match[str]) -> str:
        value = line[2].strip().lower()
        found = _TOKEN.match(value)
        name = found[0] if found else value
        if name == "*":
            return f"{line[1]} *"
        is_ours = token.lower() in (value, name, name.replace("*", ""))
        return f"{line[1]} {token if is_ours else 'another-crawler'}"

    return _AGENT_LINE.sub(rename, text)


class Rules:
    """What one robots.txt says to one product token."""

    def __init__(self, copy: RobotsCopy, token: str) -> None:
        self.fetched_at = copy.fetched_at
        self._token = token
        self._rules = Protego.parse(addressed_to(copy.text, token) if copy.status < 400 else "")

    def allows(self, url: str) -> bool:
        """Return whether the URL may be fetched. /robots.txt itself always may (RFC 9309 2.2.2)."""
        if urlsplit(url).path == "/robots.txt":
            return True
        return bool(self._rules.can_fetch(url, self._token))

    @property
    def crawl_delay(self) -> float:
        """The pause asked for between requests in seconds, 0 where none is."""
        delay = self._rules.crawl_delay(self._token)
        rate = self._rules.request_rate(self._token)
        paced = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(float(delay or 0.0), float(paced))


def origin_of(url: str) -> str:
    """Return scheme and authority of a URL, the scope of one robots.txt (RFC 9309 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
