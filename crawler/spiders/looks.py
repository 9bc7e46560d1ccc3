"""A look at a section while it is under way: one response of a feed, several of a sitemap index."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.discovery.links import Listing
from crawler.middlewares.outcomes import reason_of
from crawler.spiders.listings import describe_left_out, listed_links
from pipelines.looks import ListedLink, LookResult, SectionLook

_READ = ("ok", "unchanged")
_LONGEST_DETAIL = 1000
_OLDEST_COPY = 10 * 365 * 86_400  # seconds; what a cache calls older is a slip


def now_utc() -> datetime:
    """Return the time of the host's clock, aware UTC."""
    return datetime.now(UTC)


def told(error: Failure | BaseException) -> str:
    """Return a failure in one short line, without secrets or page text."""
    cause = error.value if isinstance(error, Failure) else error
    return f"{type(cause).__name__}: {reason_of(cause) if cause else ''}"[:300]


def asked_at(response: Response) -> datetime | None:
    """Return the earliest moment that an answer may speak of, None when nothing says when.

    That is when the first request of its chain of redirects was sent, or what the answer's Date
    says where that is earlier: a cache keeps the Date of the origin's answer (RFC 9110 6.6.1). One
    that writes a Date of its own says by Age how old what it keeps is (RFC 9111 5.1).
    """
    sent = response.request.meta.get("firstseen_asked_at") if response.request else None
    if not isinstance(sent, datetime):
        return None
    age = (response.headers.get("Age") or b"").strip()
    if age.isdigit():
        sent -= timedelta(seconds=min(int(age[:10]), _OLDEST_COPY))
    raw = response.headers.get("Date")
    try:
        dated = parsedate_to_datetime(raw.decode("latin-1")) if raw else sent
    except (ValueError, TypeError, IndexError, OverflowError):
        return sent
    dated = dated if dated.tzinfo else dated.replace(tzinfo=UTC)
    return min(sent, dated) if dated > _NO_CLOCK else sent


def max_age(response: Response) -> timedelta | None:
    """Return how long a cache may keep the response (RFC 9111 5.2.2.1), None when it is silent.

    "no-store" and "no-cache" answers say nothing about how often to ask.
    """
    raw = response.headers.get("Cache-Control")
    words = raw.decode("latin-1").lower() if raw else ""
    found = re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", words)
    if found is None or "no-store" in words or "no-cache" in words:
        return None
    return timedelta(seconds=int(found[1]))


# A server without a clock of its own says 1970, or when it was built.
_NO_CLOCK = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class OpenLook:
    """What the responses of one look have shown so far."""

    source: SourceDefinition
    section: SectionDefinition
    started_at: datetime
    waiting: int = 1  # responses still to come
    links: list[ListedLink] = field(default_factory=list)
    read: list[Response] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)  # of its parts; an index is none
    missing: list[str] = field(default_factory=list)  # what was not read, in words
    cuts: list[str] = field(default_factory=list)  # what our limits left out of what was read
    left_out: list[ListedLink] = field(default_factory=list)
    cut_at: int | None = None
    asked_at: datetime | None = None
    arrived_at: datetime | None = None
    http_status: int | None = None
    size_bytes: int = 0
    conditional: bool = False
    unsent: bool = False
    update_interval: timedelta | None = None
    not_before: datetime | None = None
    hub_url: str | None = None
    topic_url: str | None = None
    detail: str = ""
    oddity: str = ""  # what was taken though the server said it wrongly

    @property
    def name(self) -> str:
        """The section as it is named everywhere: source/section."""
        return f"{self.source.slug}/{self.section.key}"

    def note_response(self, response: Response) -> None:
        """Take time, size and status of a response, whatever it holds."""
        self.conditional |= self.arrived_at is None  # until a request is found that was not
        self.arrived_at = now_utc()
        asked = asked_at(response) or self.started_at
        self.asked_at = min(asked, self.asked_at or asked)
        self.http_status = response.status
        self.unsent |= response.status == 304
        request = response.request
        if request is not None:
            self.size_bytes += request.meta.get("firstseen_wire_bytes", len(response.body))
            self.conditional &= bool(request.meta.get("firstseen_conditional"))
            self.not_before = request.meta.get("firstseen_retry_at") or self.not_before
            self.oddity = self.oddity or request.meta.get("firstseen_oddity", "")
        self.hint(max_age(response))

    def take(self, listing: Listing, response: Response) -> None:
        """Add what one response lists, and what of it was not seen."""
        start = len(self.links) + len(self.left_out)
        listed = listed_links(self.source, self.section, listing, start=start)
        self.links += [link for link in listed if link.left_out is None]
        self.left_out += [link for link in listed if link.left_out is not None]
        if listing.cut:
            self.cuts.append(listing.cut)
            self.cut_at = listing.cut_at
        if "partial" in response.flags:
            self.missing.append(response.meta.get("firstseen_partial") or "not shown to its end")

    def hint(self, interval: timedelta | None) -> None:
        """Take note of how often the publisher says to ask; the longest counts."""
        if interval is not None:
            self.update_interval = max(interval, self.update_interval or interval)

    def answered(self, outcome: str, *, more: int = 0) -> None:
        """Count one answer, and ``more`` that are still to come because of it.

        An ``outcome`` of "" is that of an answer that only leads to others.
        """
        self.waiting += more - 1
        if outcome:
            self.outcomes.append(outcome)

    @property
    def outcome(self) -> str:
        """How the look ended, by its parts: what is missing makes it partial, if any was read."""
        failed = [outcome for outcome in self.outcomes if outcome not in _READ]
        was_read = any(outcome in _READ for outcome in self.outcomes)
        if failed and not (was_read and self.read):
            return failed[0]
        if failed or self.missing or self.cuts:
            return "partial"
        if self.links or "ok" not in self.outcomes:
            return "unchanged" if set(self.outcomes) == {"unchanged"} else "ok"
        return "all-filtered" if any(link.left_out != "judged" for link in self.left_out) else "ok"

    def ended(self, outcome: str = "") -> SectionLook:
        """Return the look as it is kept; ``outcome`` overrides what the answers say."""
        ended = outcome or self.outcome
        detail = self.detail or "; ".join((*self.missing, *self.cuts)) or self.oddity
        if ended == "all-filtered":
            detail = f"{len(self.left_out)} listed, none kept: {describe_left_out(self.left_out)}"
        has_links = ended not in ("unchanged", "moved") and "ok" in self.outcomes
        return SectionLook(
            source=self.source.slug,
            section=self.section.key,
            url=self.section.url,
            started_at=self.started_at,
            asked_at=self.asked_at,
            arrived_at=self.arrived_at or now_utc(),
            outcome=ended,
            links=tuple(self.links) if has_links else None,
            left_out=tuple(self.left_out) if has_links else (),
            cut_at=self.cut_at,
            in_part="unchanged" in self.outcomes,
            lacks_parts=bool(self.missing),
            http_status=self.http_status,
            size_bytes=self.size_bytes,
            conditional=self.conditional,
            unsent=self.unsent,
            update_interval=self.update_interval,
            not_before=self.not_before,
            hub_url=self.hub_url,
            topic_url=self.topic_url,
            detail=detail[:_LONGEST_DETAIL],
        )


@dataclass(frozen=True, slots=True)
class EndedLook:
    """A recorded look with what the ledger made of it, for the summary of the run."""

    look: SectionLook
    result: LookResult
