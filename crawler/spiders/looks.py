"""A look at a section while it is under way: one response of a feed, several of a sitemap index."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.middlewares.outcomes import reason_of
from pipelines.looks import ListedLink, LookResult, SectionLook

# A failure outranks what was read: a look that missed a part cannot say "not there".
_RANKS = {"": 0, "unchanged": 1, "ok": 2}
_FAILED = 3


def now_utc() -> datetime:
    """Return the time of the host's clock, aware UTC."""
    return datetime.now(UTC)


def told(error: Failure | BaseException) -> str:
    """Return a failure in one short line, without secrets or page text."""
    cause = error.value if isinstance(error, Failure) else error
    return f"{type(cause).__name__}: {reason_of(cause) if cause else ''}"[:300]


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


@dataclass(slots=True)
class OpenLook:
    """What the responses of one look have shown so far."""

    source: SourceDefinition
    section: SectionDefinition
    started_at: datetime
    waiting: int = 1  # responses still to come
    links: list[ListedLink] = field(default_factory=list)
    read: list[Response] = field(default_factory=list)
    outcome: str = ""  # the first failure, or "ok", or "unchanged"
    arrived_at: datetime | None = None
    http_status: int | None = None
    size_bytes: int = 0
    conditional: bool = False
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
        self.arrived_at = now_utc()
        self.http_status = response.status
        request = response.request
        if request is not None:
            self.size_bytes += request.meta.get("firstseen_wire_bytes", len(response.body))
            self.conditional |= bool(request.meta.get("firstseen_conditional"))
            self.not_before = request.meta.get("firstseen_retry_at") or self.not_before
            self.oddity = self.oddity or request.meta.get("firstseen_oddity", "")
        self.hint(max_age(response))

    def hint(self, interval: timedelta | None) -> None:
        """Take note of how often the publisher says to ask; the longest counts."""
        if interval is not None:
            self.update_interval = max(interval, self.update_interval or interval)

    def answered(self, outcome: str, *, more: int = 0) -> None:
        """Count one answer, and ``more`` that are still to come because of it."""
        self.waiting += more - 1
        if _RANKS.get(outcome, _FAILED) > _RANKS.get(self.outcome, _FAILED):
            self.outcome = outcome

    def ended(self, outcome: str = "") -> SectionLook:
        """Return the look as it is kept; ``outcome`` overrides what the answers say."""
        was_read = bool(self.read) and self.outcome != "unchanged"
        return SectionLook(
            source=self.source.slug,
            section=self.section.key,
            started_at=self.started_at,
            arrived_at=self.arrived_at or now_utc(),
            outcome=outcome or self.outcome,
            links=tuple(self.links) if was_read else None,
            http_status=self.http_status,
            size_bytes=self.size_bytes,
            conditional=self.conditional,
            update_interval=self.update_interval,
            not_before=self.not_before,
            hub_url=self.hub_url,
            topic_url=self.topic_url,
            detail=self.detail or self.oddity,
        )


@dataclass(frozen=True, slots=True)
class EndedLook:
    """A recorded look with what the ledger made of it, for the summary of the run."""

    look: SectionLook
    result: LookResult
