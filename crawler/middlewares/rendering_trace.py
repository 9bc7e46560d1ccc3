"""What a rendered page was made of: while all of it is unchanged, nobody needs a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any, Self

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.redirects import same_origin

# Beyond these a page is simply rendered each time: what is kept must stay small.
MOST_PARTS = 40
MOST_HEADERS = 20
_LONGEST = 1000  # characters of an address, a validator or a header
# A page may also list by the clock, or at random: it is shown in a browser now and then anyway.
RENDER_EVERY = timedelta(hours=6)
LOOKS_BETWEEN = 20
_SECONDS = 10.0  # for one part
_VALIDATORS = ("If-None-Match", "If-Modified-Since")

Download = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Part:
    """One answer a page was made of: how it was asked for, and how to ask whether it changed."""

    url: str
    sha256: str
    status: int = 200
    etag: str = ""
    last_modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    is_data: bool = False

    @classmethod
    def of(cls, url: str, response: Response, *, headers: dict[str, str], is_data: bool) -> Self:
        """Return the part that an answer is. Validators are taken as they come (RFC 9110 8.8)."""
        return cls(
            url,
            sha256(response.body).hexdigest(),
            response.status,
            _header(response, "ETag"),
            _header(response, "Last-Modified"),
            headers,
            is_data,
        )

    @property
    def validators(self) -> dict[str, str]:
        """The headers that make a request for it conditional, {} where it offered none."""
        values = (self.etag, self.last_modified)
        return {name: text for name, text in zip(_VALIDATORS, values, strict=True) if text}

    def is_same(self, response: Response) -> bool:
        """Return whether an answer says, or shows, that nothing changed."""
        if response.status == 304:
            return bool(self.validators)
        return response.status == self.status and sha256(response.body).hexdigest() == self.sha256

    @property
    def _is_small(self) -> bool:
        texts = (self.url, self.etag, self.last_modified, *self.headers.values())
        return len(self.headers) <= MOST_HEADERS and max(map(len, texts)) <= _LONGEST


@dataclass(frozen=True, slots=True)
class PageTrace:
    """A page as it came, and every script and all data it asked for when it was rendered.

    ``alike`` counts renderings in a row that were made of the same page and asked for the same;
    ``looks`` counts looks since the last of them that found everything unchanged.
    """

    page: Part
    parts: tuple[Part, ...]
    rendered_at: datetime
    alike: int = 1
    looks: int = 0

    @classmethod
    def of(cls, page: Part, parts: Sequence[Part], *, rendered_at: datetime) -> Self | None:
        """Return the trace of a rendering; None where it would be too big to keep."""
        everything = (page, *parts)
        if len(parts) > MOST_PARTS or not all(part._is_small for part in everything):
            return None
        # Data changes more often than scripts: asked first, it often settles the question.
        ordered = sorted(parts, key=lambda part: (not part.is_data, part.url))
        return cls(page, tuple(ordered), rendered_at)

    def after(self, earlier: PageTrace | None) -> PageTrace:
        """Return this trace as the successor of an earlier one of the same section."""
        if earlier is None or self._addresses != earlier._addresses:
            return self
        if self.page.sha256 != earlier.page.sha256:
            return self
        return replace(self, alike=min(earlier.alike + 1, 2))

    def looked(self) -> PageTrace:
        """Return the trace after a look that found everything unchanged."""
        return replace(self, looks=self.looks + 1)

    def is_telling(self, now: datetime) -> bool:
        """Return whether "all unchanged" may stand for a rendering.

        Only after two renderings that were alike: a page that asks under ever new addresses cannot
        be judged by the old ones. And never for long.
        """
        fresh = timedelta() <= now - self.rendered_at < RENDER_EVERY
        return self.alike > 1 and fresh and self.looks < LOOKS_BETWEEN

    @property
    def _addresses(self) -> list[tuple[str, str]]:
        return [("", self.page.url), *sorted(("part", part.url) for part in self.parts)]

    def to_json(self) -> dict[str, Any]:
        """Return the trace as it is stored."""
        return asdict(self) | {"rendered_at": self.rendered_at.isoformat()}

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Self | None:
        """Return a stored trace; one that cannot be read is made again."""
        if not stored:
            return None
        try:
            return cls(
                Part(**stored["page"]),
                tuple(Part(**part) for part in stored["parts"]),
                datetime.fromisoformat(stored["rendered_at"]),
                int(stored["alike"]),
                int(stored["looks"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What asking for the parts of a page showed; whole answers need not be fetched again."""

    unchanged: bool
    answers: dict[str, Response]


def may_be_asked(url: str, page_url: str) -> bool:
    """Return whether a part of a page can be asked for while the page holds its host's lane.

    A robots.txt of another port of that host would wait for the lane for ever.
    """
    return lane_key(url) != lane_key(page_url) or same_origin(url, page_url)


async def ask_for_parts(trace: PageTrace, download: Download, *, seconds: float) -> Inquiry:
    """Ask for the parts conditionally, one after the other, until one of them has changed.

    The page's host lane must be held, as while the page is shown.
    """
    answers: dict[str, Response] = {}
    end = monotonic() + seconds
    for part in trace.parts:
        if monotonic() >= end or not may_be_asked(part.url, trace.page.url):
            return Inquiry(False, answers)
        try:
            response = await download(_request(part))
        except Exception:  # whatever it is, the browser will meet it as well
            return Inquiry(False, answers)
        if response.status < 300:  # a fault of the moment is asked again, by the page
            answers[part.url] = response
        if not part.is_same(response):
            return Inquiry(False, answers)
    return Inquiry(True, answers)


def _request(part: Part) -> Request:
    meta = {
        "firstseen_purpose": "rendering",
        "firstseen_conditional": bool(part.validators),
        "download_timeout": _SECONDS,
        "max_retry_times": 0,
        "handle_httpstatus_list": [304],
    }
    headers = part.headers | part.validators
    return Request(part.url, headers=headers, callback=NO_CALLBACK, dont_filter=True, meta=meta)


def _header(response: Response, name: str) -> str:
    raw = response.headers.get(name)
    return raw.decode("latin-1").strip() if raw else ""
