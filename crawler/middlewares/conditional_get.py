"""Conditional requests for listings: ask only for what is new, and notice when nothing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.middlewares.host_state import HostStateStore, Validators, host_state_of
from crawler.middlewares.outcomes import FetchFailure

CONDITIONAL_PURPOSES = frozenset({"listing", "recheck"})
# ETags lie: some servers answer 304 for ever. One whole answer a day, however rare the looks.
FULL_LOOK_EVERY = timedelta(hours=24)
_MAX_VALIDATOR = 1024  # characters; we send it back, so the site must not choose how much


class UnaskedNotModified(FetchFailure):
    """304 Not Modified, though the request was not conditional (RFC 9110 15.4.5)."""

    outcome = "garbled"


def conditional_headers(known: Validators | None, *, now: datetime) -> dict[str, str]:
    """Return the headers of the next look; none where a whole answer is wanted."""
    if known is None:
        return {}
    if abs(now - known.full_at) >= FULL_LOOK_EVERY:  # or the clock was set back
        return {}
    headers = {}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        # RFC 9110 13.1.3: a server that knows If-None-Match ignores this one.
        headers["If-Modified-Since"] = known.last_modified
    return headers


def read_validators(response: Response, *, now: datetime) -> Validators:
    """Return what a whole response offers for the next look.

    A Last-Modified that is unreadable or in the future is left out (RFC 9110 8.8.2.1): servers
    answer 304 to it whatever happened since.
    """
    etag = _text(response, "ETag")
    modified = _text(response, "Last-Modified")
    server_time = _date(_text(response, "Date")) or now
    stamp = _date(modified)
    if stamp is None or stamp > max(server_time, now) + timedelta(minutes=5):
        modified = None
    return Validators(
        etag=etag,
        last_modified=modified,
        body_sha256=sha256(response.body).hexdigest(),
        full_at=now,
    )


def validators_key(request: Request) -> str:
    """Return the name under which an answer's validators are kept.

    That is the address first asked for, and the section whose look it is: what one section has
    read whole says nothing of what another has.
    """
    url = str((request.meta.get("redirect_urls") or [request.url])[0])
    section = request.meta.get("firstseen_section")
    return f"{section} {url}" if section else url


def remember_listing(store: HostStateStore, response: Response) -> None:
    """Keep the validators of a look, once everything it listed is safely stored.

    Never earlier: a run that dies between the two would get a 304 next time and miss the articles.
    """
    request = response.request
    if request is not None and (found := request.meta.get("firstseen_validators")) is not None:
        store.keep_validators(validators_key(request), found)


class ConditionalGetMiddleware:
    """Adds validators to listing requests and flags answers that hold nothing new.

    A 304, or a body with the hash of last time, reaches the callback with the flag "unchanged".
    What to keep waits in ``meta["firstseen_validators"]`` for ``remember_listing``.
    """

    def __init__(
        self,
        store: HostStateStore,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        count: Callable[[str], None] = lambda key: None,
    ) -> None:
        self.store = store
        self.now = now
        self.count = count

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Use the crawl's host state."""
        return cls(
            host_state_of(crawler),
            count=lambda key: crawler.stats.inc_value(key),
        )

    def process_request(self, request: Request) -> None:
        """Make a listing's request conditional, unless ``meta["firstseen_full_look"]``."""
        if request.meta.get("firstseen_purpose") not in CONDITIONAL_PURPOSES:
            return
        allowed = request.meta.get("handle_httpstatus_list", [])
        request.meta["handle_httpstatus_list"] = sorted({*allowed, 304})
        if request.meta.get("firstseen_full_look"):
            return
        known = self.store.validators(validators_key(request))
        for name, value in conditional_headers(known, now=self.now()).items():
            request.headers[name] = value
            request.meta["firstseen_conditional"] = True

    def process_response(self, request: Request, response: Response) -> Response:
        """Flag an unchanged listing; refuse a 304 that nobody asked for."""
        if "unchanged" in response.flags:  # a page that would be rendered was asked part by part
            self.count("conditional/not_rendered")
            return response
        is_part = request.meta.get("firstseen_purpose") == "rendering"
        if is_part and request.meta.get("firstseen_conditional"):
            return response  # who asked knows what it was like before
        known = self.store.validators(validators_key(request))
        if response.status == 304:
            if known is None or not request.meta.get("firstseen_conditional"):
                raise UnaskedNotModified("304 Not Modified to a request without validators")
            self.count("conditional/not_modified")
            return self._unchanged(
                request, response, replace(known, looks_since_full=known.looks_since_full + 1)
            )
        if request.meta.get("firstseen_purpose") not in CONDITIONAL_PURPOSES:
            return response
        if response.status != 200 or "partial" in response.flags:
            return response  # the bytes of a page that was not shown whole prove nothing
        found = read_validators(response, now=self.now())
        request.meta["firstseen_validators"] = found
        if request.meta.get("firstseen_read_anyway"):
            return response  # the bytes are known, what they list is not
        if known is not None and known.body_sha256 == found.body_sha256:
            self.count("conditional/same_body")
            return self._unchanged(request, response, found)
        self.count("conditional/new_body")
        return response

    @staticmethod
    def _unchanged(request: Request, response: Response, validators: Validators) -> Response:
        request.meta["firstseen_validators"] = validators
        return response.replace(flags=[*response.flags, "unchanged"])


def _text(response: Response, name: str) -> str | None:
    raw = response.headers.get(name)
    text = raw.decode("latin-1").strip() if raw else ""
    return text if text and len(text) <= _MAX_VALIDATOR else None


def _date(text: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
