"""The coverage ledger: when we looked, when we could not, and what that leaves uncertain."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.looks import ANSWERED, WHOLE
from pipelines.storage.models import Section, Source, Visit
from pipelines.storage.source_use import Use, use_of

#: What can be said of a stretch of time: new links were found, looks found nothing new, it lies
#: between two looks of the usual distance, looks saw a part only, looks failed, the site kept us
#: out, or nobody looked.
CoverageState = Literal["new", "quiet", "between", "partial", "failed", "blocked", "none"]
_BLOCKED = frozenset({"robots", "robots-unreachable", "held-off", "blocked-address"})
_LONGEST_LOOK = timedelta(hours=1)  # from its start to its arrival


@dataclass(frozen=True, slots=True)
class Look:
    """One visit as coverage sees it."""

    at: datetime
    outcome: str
    new_links: int
    window_overflow: bool

    @property
    def completed(self) -> bool:
        """Whether this look could have seen a new article."""
        return self.outcome in WHOLE


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch between two completed looks that is longer than usual for the section.

    An article first seen at ``until`` may have appeared any time since ``since``. ``reasons`` are
    the outcomes of the looks that failed in between; empty: nobody looked.
    """

    since: datetime
    until: datetime
    reasons: tuple[str, ...]
    new_links: int

    @property
    def length(self) -> timedelta:
        """How wide the first-seen intervals are that end here."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """What the looks at one section cover between ``since`` and ``until``."""

    source: str
    section: str
    since: datetime
    until: datetime
    looks: tuple[Look, ...]
    gaps: tuple[Gap, ...]
    usual: timedelta | None  # median distance of completed looks; None below three looks
    before: datetime | None  # the last completed look before ``since``
    use: Use = "enabled"  # whether an enabled source file has the section, and if not, why

    @property
    def completed(self) -> int:
        """How many looks could have seen a new article."""
        return sum(look.completed for look in self.looks)

    @property
    def overflows(self) -> int:
        """Looks at which a feed showed nothing known: articles may have been missed before."""
        return sum(look.window_overflow for look in self.looks)

    def strip(self, cells: int) -> list[CoverageState]:
        """Return the state of ``cells`` equal stretches from ``since`` to ``until``."""
        width = (self.until - self.since) / cells
        inside: list[list[Look]] = [[] for _ in range(cells)]
        for look in self.looks:
            inside[min(int((look.at - self.since) / width), cells - 1)].append(look)
        states = [_state(looks) for looks in inside]
        middles = [self.since + width * (cell + 0.5) for cell in range(cells)]
        times = [look.at for look in self.looks if look.completed]
        return [
            "between" if state == "none" and self._is_between_looks(middle, times) else state
            for state, middle in zip(states, middles, strict=True)
        ]

    def _is_between_looks(self, at: datetime, times: Sequence[datetime]) -> bool:
        after = bisect_left(times, at)
        last = times[after - 1] if after else self.before
        if last is None or after == len(times):
            return False
        return times[after] - last <= widest_usual(self.usual)


def _state(looks: Sequence[Look]) -> CoverageState:
    if any(look.new_links for look in looks):
        return "new"
    if any(look.completed for look in looks):
        return "quiet"
    if any(look.outcome in ANSWERED for look in looks):
        return "partial"
    if any(look.outcome in _BLOCKED for look in looks):
        return "blocked"
    return "failed" if looks else "none"


def coverage(
    session: Session, *, sources: Collection[str], since: datetime, until: datetime
) -> list[SectionCoverage]:
    """Return the coverage of each section of ``sources`` (slugs; empty: all), by source and key."""
    query = select(Section, Source).join(Source).order_by(Source.slug, Section.key)
    if sources:
        query = query.where(Source.slug.in_(list(sources)))
    rows = [(section, source) for section, source in session.execute(query)]
    ids = [section.id for section, _ in rows]
    looks = _looks(session, ids, since=since, until=until)
    lately = _last_completed(session, ids, since=since)
    return [
        _of_section(
            section,
            source,
            tuple(looks.get(section.id, ())),
            lately.get(section.id) or _last_before(session, section.id, since),
            since=since,
            until=until,
        )
        for section, source in rows
    ]


def _of_section(
    section: Section,
    source: Source,
    looks: tuple[Look, ...],
    before: datetime | None,
    *,
    since: datetime,
    until: datetime,
) -> SectionCoverage:
    usual = usual_distance(looks)
    gaps = tuple(find_gaps(looks, before=before, usual=usual))
    return SectionCoverage(
        source.slug,
        section.key,
        since,
        until,
        looks,
        gaps,
        usual,
        before,
        use_of(source, section),
    )


def _looks(
    session: Session, ids: Sequence[int], *, since: datetime, until: datetime
) -> dict[int, list[Look]]:
    query = (
        select(
            Visit.section_id,
            *(Visit.arrived_at, Visit.outcome, Visit.new_links, Visit.window_overflow),
        )
        .where(
            Visit.section_id.in_(ids),
            Visit.started_at >= since - _LONGEST_LOOK,  # what the index is entered by
            Visit.started_at < until,
            Visit.arrived_at >= since,
            Visit.arrived_at < until,
        )
        .order_by(Visit.arrived_at)
    )
    found: dict[int, list[Look]] = {}
    for section_id, at, outcome, new_links, overflow in session.execute(query):
        found.setdefault(section_id, []).append(Look(at, outcome, new_links, overflow))
    return found


def _last_completed(
    session: Session, ids: Sequence[int], *, since: datetime
) -> dict[int, datetime]:
    """The last completed look before ``since``, of the sections that had one the day before."""
    query = (
        select(Visit.section_id, func.max(Visit.arrived_at))
        .where(
            Visit.section_id.in_(ids),
            Visit.started_at >= since - timedelta(days=1),
            Visit.started_at < since,
            Visit.arrived_at < since,
            Visit.outcome.in_(WHOLE),
        )
        .group_by(Visit.section_id)
    )
    found: dict[int, datetime] = {}
    for section_id, at in session.execute(query):
        found[section_id] = at
    return found


def _last_before(session: Session, section_id: int, since: datetime) -> datetime | None:
    query = (
        select(Visit.arrived_at)
        .where(
            Visit.section_id == section_id,
            Visit.started_at < since,
            Visit.arrived_at < since,
            Visit.outcome.in_(WHOLE),
        )
        .order_by(Visit.started_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def usual_distance(looks: Iterable[Look]) -> timedelta | None:
    """Return the median distance of completed looks, None where there are fewer than three."""
    times = [look.at for look in looks if look.completed]
    distances = sorted(b - a for a, b in pairwise(times))
    return distances[len(distances) // 2] if len(distances) >= 2 else None


#: A stretch counts as a gap from this many usual distances on, and from a quarter of an hour.
_WIDE = 3
_SHORTEST_GAP = timedelta(minutes=15)


def widest_usual(usual: timedelta | None) -> timedelta:
    """Return the longest distance of two looks that is no gap."""
    return max(usual * _WIDE, _SHORTEST_GAP) if usual else _SHORTEST_GAP


def find_gaps(
    looks: Sequence[Look], *, before: datetime | None, usual: timedelta | None
) -> Iterable[Gap]:
    """Yield the stretches between completed looks that are longer than usual, or hold a failure."""
    last, failed = before, list[str]()
    wide = widest_usual(usual)
    for look in looks:
        if not look.completed:
            failed.append(look.outcome)
            continue
        if last is not None and (failed or look.at - last > wide):
            yield Gap(last, look.at, tuple(dict.fromkeys(failed)), look.new_links)
        last, failed = look.at, []
