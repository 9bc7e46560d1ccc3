"""What a rendered page asked for and did not get: a page without losses was shown whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.middlewares.outcomes import outcome_of
from crawler.middlewares.redirects import same_origin
from pipelines.url_key import same_site

TIME_OVER = "refused: time was over"
STILL_LOADING = "still loading at the end"
_DONE = ("answered", "failed")  # by the site; the others were done to the request
OTHER_SERVICE = "refused: another service of the page's host"

#: A page that asked so often again, each time after an answer, will not stop by itself.
MOST_ROUNDS = 8
_LONGEST = 300  # characters of what the operator is told
# Too early, too often (RFC 9110 15.5.9, RFC 6585 4): moods of a site. Other 4xx are its answer.
_PASSING = (408, 425, 429)
_NUMBER = re.compile(r"\d+")
# Long polling by name: what sites fall back to where a WebSocket fails, asked on and on.
_SOCKET_STAND_IN = re.compile(
    r"/(?:socket\.io|engine\.io|sockjs|signalr|cometd|bayeux|faye)\b|[?&]transport=(?:long)?polling",
    re.IGNORECASE,
)


def brings_content(kind: str, url: str, headers: dict[str, str], page_url: str) -> bool:
    """Return whether the answer to a script's or data request could reach what the page shows.

    Not streams of events, nor what stands in for a socket, which end when the reader leaves; nor
    what was sent to another origin without asking to read the answer (Fetch 3.1: no ``Origin``).
    """
    if kind == "script":
        return True
    if "text/event-stream" in headers.get("accept", "") or _SOCKET_STAND_IN.search(url):
        return False
    return same_origin(url, page_url) or "origin" in headers


def loss_by_answer(response: Response) -> str | None:
    """Return what is lost with an answer, None where it is what the site has to say."""
    is_fault = response.status >= 500 or response.status in _PASSING
    return f"answered HTTP {response.status}" if is_fault else None


def loss_by_error(error: Exception, *, kind: str, url: str, page_url: str) -> str | None:
    """Return what is lost with a request that failed, by the word of its outcome.

    A script of another site that robots.txt or our own rules keep from us is none: nearly every
    page carries some that count readers and sell space, and they are barred for good.
    """
    outcome = outcome_of(error)
    is_barred = outcome in ("robots", "blocked-address")
    if is_barred and kind == "script" and not same_site(url, page_url):
        return None
    return f"{'refused' if is_barred else 'failed'}: {outcome}"


@dataclass(slots=True)
class Losses:
    """The losses of one page by address; what is got after all is no longer one."""

    page_url: str
    _reasons: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._reasons)

    def __contains__(self, url: str) -> bool:
        return url in self._reasons

    def note(self, url: str, reason: str | None) -> None:
        """Note why the page did not get an address, None when it did."""
        self._reasons.pop(url, None)
        if reason is not None:
            self._reasons[url] = reason

    def told(self, asked: int) -> str:
        """Return them in one line for the operator; ``asked`` counts what the page asked for."""
        pieces: list[str] = []
        for reason, count in Counter(self._reasons.values()).most_common():
            first = next(url for url, why in self._reasons.items() if why == reason)
            of_all = "" if pieces else f" of {asked} requests of the page"
            done = "" if reason.startswith(_DONE) else "was " if count == 1 else "were "
            some = f"{self._short(first)}{', ...' if count > 1 else ''}"
            pieces.append(f"{count}{of_all} {done}{reason} ({some})")
        return "; ".join(pieces)[:_LONGEST]

    def _short(self, url: str) -> str:
        """An address without what may be a secret: its query."""
        parts = urlsplit(url)
        return parts.path if same_origin(url, self.page_url) else f"{parts.netloc}{parts.path}"


@dataclass(slots=True)
class Rounds:
    """How often a page asked for the like of an address again after it had been answered.

    Alike are addresses that differ in numbers and queries alone. A hundred of them at once are one
    round: a long list. Each after the answer to the last, they are a page that asks for ever.
    """

    _answered: Counter[str] = field(default_factory=Counter)
    _seen: dict[str, int] = field(default_factory=dict)
    _rounds: Counter[str] = field(default_factory=Counter)

    def asked(self, url: str) -> None:
        """Note that the page begins to ask for an address."""
        kind = like(url)
        if self._answered[kind] > self._seen.get(kind, 0):
            self._seen[kind] = self._answered[kind]
            self._rounds[kind] += 1

    def answered(self, url: str) -> None:
        """Note that it got an answer."""
        self._answered[like(url)] += 1

    def endless(self, urls: Iterable[str]) -> str | None:
        """Return the address that some of these have in common with too many, None if none has."""
        return next((like(url) for url in urls if self._rounds[like(url)] >= MOST_ROUNDS), None)


def like(url: str) -> str:
    """Return what addresses of one kind have in common."""
    parts = urlsplit(url)
    return f"{parts.netloc}{_NUMBER.sub('#', parts.path)}"
