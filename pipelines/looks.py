"""What one look at a section reports, and what the ledger answers: the second contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from pipelines.items import Arrival

#: Every part was read to its end: what is not listed was not there.
WHOLE = frozenset({"ok", "unchanged"})
#: The look saw a listing, at least in part: no failure.
ANSWERED = WHOLE | {"partial", "sparse"}


@dataclass(frozen=True, slots=True)
class ListedLink:
    """One address a section listed. ``url_key`` is the look-up key of ``url``.

    ``left_out`` names the filter of ours that kept it out: "include", "exclude", "host" or
    "judged" (a front's link that does not look like an article). None: it is kept.
    """

    url: str
    url_key: str
    position: int = 0
    headline: str | None = None
    guid: str | None = None
    date_published: datetime | None = None
    date_published_raw: str | None = None
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class SectionLook:
    """One look at one section, whatever came of it.

    ``links`` is None when the look did not read a listing: it failed, or the site said that nothing
    has changed (``outcome`` "unchanged"). ``asked_at`` is the earliest moment its answers speak of,
    ``started_at`` where None; ``arrived_at`` is the time of the last response. ``left_out`` is
    what our filters kept out, ``cut_at`` a position before which our limits left entries out.
    """

    source: str
    section: str
    started_at: datetime
    arrived_at: datetime
    outcome: str  # "ok", "unchanged", "partial", "sparse", or why it shows nothing
    links: tuple[ListedLink, ...] | None = None
    asked_at: datetime | None = None
    left_out: tuple[ListedLink, ...] = ()
    cut_at: int | None = None
    in_part: bool = False  # parts that are unchanged were not listed again
    lacks_parts: bool = False  # whole parts were not read: what they list was never seen
    http_status: int | None = None
    size_bytes: int = 0
    conditional: bool = False  # every request carried validators
    unsent: bool = False  # of some part the server only said that it has not changed (304)
    update_interval: timedelta | None = None  # how often the publisher says to ask
    not_before: datetime | None = None  # Retry-After
    hub_url: str | None = None  # where a feed tells of its news (WebSub)
    topic_url: str | None = None  # the feed's own name there
    detail: str = ""  # one line for the operator
    url: str = ""  # the section's address when it began; "": as the section has it now

    @property
    def entries(self) -> int:
        """How many articles were listed, before our filters."""
        return len(self.links or ()) + sum(link.left_out != "judged" for link in self.left_out)

    @property
    def is_whole(self) -> bool:
        """Whether what this look does not list was not there."""
        return self.outcome in WHOLE

    @property
    def is_answered(self) -> bool:
        """Whether this look did not fail: it saw a listing, at least in part."""
        return self.outcome in ANSWERED


@dataclass(frozen=True, slots=True)
class LinkToFetch:
    """A listed address whose article is not stored yet, with what is known of its first listing."""

    link: ListedLink
    visit_id: int | None
    first_seen_at: datetime
    not_seen_at: datetime | None
    baseline: bool
    tries: int = 0
    arrival: Arrival = "new"


@dataclass(frozen=True, slots=True)
class LookResult:
    """``to_fetch`` in listing order; ``fresh`` are the links this section never listed before.

    ``outcome`` is the look's, as far as the ledger knows better: a listing that shows far less
    than usual is "sparse".
    """

    visit_id: int | None
    to_fetch: tuple[LinkToFetch, ...] = ()
    fresh: tuple[ListedLink, ...] = ()
    baseline: bool = False
    window_overflow: bool = False
    older: frozenset[str] = frozenset()  # url keys of the fresh ones that are not news
    outcome: str = ""
    detail: str = ""
    needs_full_look: bool = False  # "unchanged" since another section's look, not since ours


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """An address that gave no article, and when it is asked for again.

    ``sent`` is False where no request left us: then nothing was tried, and nothing is known of it.
    ``retry_at`` None, of earlier releases, means a week later.
    """

    url: str
    url_key: str
    source: str
    outcome: str  # "front", "video", "http-404", "timeout", ...
    at: datetime
    retry_at: datetime | None
    visit_id: int | None = None
    detail: str = ""
    section: str = ""  # the section that led to it
    sent: bool = True


@dataclass(frozen=True, slots=True)
class Recheck:
    """A stored article that is due for another look."""

    article_id: int
    url: str
    section: str
    first_seen_at: datetime
    headline: str | None = None  # as stored: what the page is expected to show


@dataclass(frozen=True, slots=True)
class RecheckOutcome:
    """A look at a stored article that brought no text: "unchanged", "missing", or a failure."""

    article_id: int
    outcome: str
    at: datetime
    not_before: datetime | None = None  # Retry-After


@dataclass(frozen=True, slots=True)
class SourceLesson:
    """What reading a source's pages taught: ``memory`` as text, ``rules`` counts by field.

    ``faults`` counts by day the pages read and, as ``field: Type``, what could not be read of them.
    """

    source: str
    memory: str
    rules: dict[str, dict[str, int]]
    at: datetime
    faults: dict[str, dict[str, int]] = field(default_factory=dict)


class LedgerError(Exception):
    """The ledger cannot be read or written: a fault of ours, that says nothing of any site.

    It was told once, the run is ending, and nothing more is kept in it.
    """


class Ledger(Protocol):
    """Remembers looks, listed addresses and pages between visits. Each may raise LedgerError."""

    async def record_look(self, look: SectionLook) -> LookResult:
        """Keep one look; return the addresses of this section that are worth fetching now."""

    async def record_page(self, page: PageOutcome) -> None:
        """Keep that an address gave no article."""

    async def due_rechecks(self, source: str, now: datetime, most: int) -> list[Recheck]:
        """Return at most ``most`` stored articles of a source that are due for another look."""

    async def record_recheck(self, look: RecheckOutcome) -> None:
        """Keep a look at a stored article that brought no text."""

    async def known_addresses(self, source: str, most: int) -> list[str]:
        """Return the addresses of a source's latest stored articles, at most ``most``."""

    async def lesson(self, source: str) -> SourceLesson | None:
        """Return what reading a source's pages taught so far, None when nothing yet."""

    async def keep_lesson(self, lesson: SourceLesson) -> None:
        """Keep what reading a source's pages taught."""


@dataclass
class MemoryLedger:
    """A ledger for one run without a database: every address is new once."""

    seen: set[str] = field(default_factory=set)
    pages: list[PageOutcome] = field(default_factory=list)
    looks: list[SectionLook] = field(default_factory=list)

    async def record_look(self, look: SectionLook) -> LookResult:
        self.looks.append(look)
        fresh = [link for link in look.links or () if link.url_key not in self.seen]
        self.seen.update(link.url_key for link in fresh)
        found = [LinkToFetch(link, None, look.arrived_at, None, baseline=True) for link in fresh]
        return LookResult(None, tuple(found), fresh=tuple(fresh), baseline=True)

    async def record_page(self, page: PageOutcome) -> None:
        self.pages.append(page)

    async def due_rechecks(self, source: str, now: datetime, most: int) -> list[Recheck]:
        return []

    async def record_recheck(self, look: RecheckOutcome) -> None:
        return None

    async def known_addresses(self, source: str, most: int) -> list[str]:
        return []

    async def lesson(self, source: str) -> SourceLesson | None:
        return None

    async def keep_lesson(self, lesson: SourceLesson) -> None:
        return None
