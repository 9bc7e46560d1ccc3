"""Who had it first: sources in order of their intervals, with the doubt that overlaps leave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Sighting:
    """When one source had a story: it appeared after ``not_seen_at``, and by ``first_seen_at``.

    ``not_seen_at`` None: nobody had looked before, so it may be much older. ``claimed_at`` is what
    the publisher states; it orders nothing. ``family`` is the publishing house. ``credits`` are the
    agencies named; ``copy_group`` is equal where the texts are copies of one another.
    """

    source: str
    family: str
    article_id: int
    headline: str
    url: str
    first_seen_at: datetime
    not_seen_at: datetime | None
    baseline: bool = False
    claimed_at: datetime | None = None
    credits: tuple[str, ...] = ()
    copy_group: int | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """A source's place in a story. ``doubt`` is by how much it may have been earlier than it seems.

    ``undecidable`` names the sources whose interval overlaps: either may have been before the
    other. ``carries`` names the sources before it whose text it repeats, and the agencies it
    credits.
    """

    rank: int
    sighting: Sighting
    undecidable: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    more_articles: int = 0

    @property
    def doubt(self) -> timedelta | None:
        """How long before ``first_seen_at`` it may have appeared; None: no telling."""
        seen = self.sighting
        return seen.first_seen_at - seen.not_seen_at if seen.not_seen_at else None


@dataclass(frozen=True, slots=True)
class FirstReport:
    """The answer for one story. ``independent`` counts publishing houses with a text of their own.

    ``first`` names the one source that was first, or all that may have been.
    """

    placings: tuple[Placing, ...]
    first: tuple[str, ...] = ()
    independent: int = 0
    agencies: tuple[str, ...] = field(default=())

    @property
    def decided(self) -> bool:
        """Whether one source was certainly before all others."""
        return len(self.first) == 1


def who_was_first(sightings: Iterable[Sighting]) -> FirstReport:
    """Return the sources of a story in order, each once, by its earliest article.

    Two sources are ordered only where their intervals (not_seen_at, first_seen_at] do not overlap;
    elsewhere either may have been first, and the report says so.
    """
    by_source: dict[str, list[Sighting]] = {}
    for seen in sorted(sightings, key=lambda s: (s.first_seen_at, s.article_id)):
        by_source.setdefault(seen.source, []).append(seen)
    firsts = [articles[0] for articles in by_source.values()]
    times = [seen.first_seen_at for seen in firsts]  # in order: a story may have 300 sources
    groups: dict[int | None, list[Sighting]] = {}
    for seen in firsts:
        groups.setdefault(seen.copy_group, []).append(seen)
    placings = []
    for seen in firsts:
        before = bisect_right(times, seen.not_seen_at) if seen.not_seen_at else 0
        at = seen.first_seen_at
        placings.append(
            Placing(
                rank=1 + before,
                sighting=seen,
                undecidable=tuple(
                    other.source
                    for other in firsts[before:]
                    # is_before(seen, other), without ninety thousand calls for a large story
                    if other is not seen and (other.not_seen_at is None or at > other.not_seen_at)
                ),
                copies=_copied(seen, groups[seen.copy_group]),
                more_articles=len(by_source[seen.source]) - 1,
            )
        )
    return FirstReport(
        tuple(placings),
        first=tuple(p.sighting.source for p in placings if p.rank == 1),
        independent=independent_publishers(by_source),
        agencies=tuple(dict.fromkeys(credit for seen in firsts for credit in seen.credits)),
    )


def is_before(one: Sighting, other: Sighting) -> bool:
    """Whether one certainly appeared before the other."""
    return other.not_seen_at is not None and one.first_seen_at <= other.not_seen_at


def overlap(one: Sighting, other: Sighting) -> bool:
    """Whether either may have been before the other."""
    return not is_before(one, other) and not is_before(other, one)


def _copied(seen: Sighting, firsts: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the sources that had the same text, none of them certainly later."""
    if seen.copy_group is None:
        return ()
    return tuple(
        other.source
        for other in firsts
        if other is not seen
        and other.copy_group == seen.copy_group
        and not is_before(seen, other)
        and other.first_seen_at <= seen.first_seen_at
    )


def independent_publishers(by_source: dict[str, list[Sighting]]) -> int:
    """Count the publishing houses that bring a text of their own.

    A house counts when one of its texts is nobody else's copy, or the first of its copies; texts
    that credit an agency count for the agency, once.
    """
    voices: dict[int | str, str] = {}
    for articles in by_source.values():
        for seen in articles:
            text = seen.copy_group if seen.copy_group is not None else f"a{seen.article_id}"
            owner = f"agency {seen.credits[0]}" if seen.credits else seen.family
            voices.setdefault(text, owner)
    return len(set(voices.values()))
