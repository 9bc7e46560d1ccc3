"""Coverage as rows of cells: what can be said of each stretch of time, by source or section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.storage.coverage import CoverageState, SectionCoverage, widest_usual

#: Where sections differ: something new is news, and an hour is quiet only if all of them were.
_RANKS: tuple[CoverageState, ...] = (
    *("new", "blocked", "failed", "none", "partial", "quiet", "between"),
)
#: What the reader is told of a state.
STATE_WORDS: dict[CoverageState, str] = {
    "new": "seen",
    "quiet": "quiet",
    "between": "quiet, between two looks",
    "partial": "gap, only a part was seen",
    "failed": "gap, the look failed",
    "blocked": "blocked",
    "none": "gap, nobody looked",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One stretch of time. ``new`` counts the new addresses of the looks in it."""

    at: datetime
    state: CoverageState
    new: int = 0

    @property
    def told(self) -> str:
        """The state in words."""
        if self.state == "new":
            return f"{self.new} new"
        return STATE_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A source's or a section's cells, the oldest first."""

    name: str
    slug: str
    cells: tuple[Cell, ...]
    looks: int

    @property
    def new(self) -> int:
        """New addresses in all cells."""
        return sum(cell.new for cell in self.cells)

    @property
    def gaps(self) -> int:
        """How many cells are gaps or blocked."""
        return sum(cell.state in ("none", "failed", "blocked", "partial") for cell in self.cells)


def grid_times(now: datetime, *, hours: int, step: int) -> tuple[datetime, datetime, int]:
    """Return since, until and the number of cells: whole stretches of ``step`` hours in UTC."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    until = hour + timedelta(hours=-hour.hour % step)
    return until - timedelta(hours=hours), until, hours // step


def coverage_row(
    name: str, slug: str, sections: Sequence[SectionCoverage], *, cells: int, now: datetime
) -> CoverageRow:
    """Return one row of several sections, as cautious as the worst covered of them."""
    since, until = sections[0].since, sections[0].until
    width = (until - since) / cells
    strips = [_strip(section, cells, now) for section in sections]
    counts: Counter[int] = Counter()
    for section in sections:
        for look in section.looks:
            counts[min(int((look.at - since) / width), cells - 1)] += look.new_links
    made = tuple(
        Cell(
            since + width * number,
            min((strip[number] for strip in strips), key=_RANKS.index),
            counts[number],
        )
        for number in range(cells)
    )
    return CoverageRow(name, slug, made, sum(len(section.looks) for section in sections))


def _strip(section: SectionCoverage, cells: int, now: datetime) -> list[CoverageState]:
    """The states of one section: what follows its last look is no gap until the next is late."""
    states = section.strip(cells)
    completed = [look.at for look in section.looks if look.completed]
    last = completed[-1] if completed else section.before
    if last is None or now - last > widest_usual(section.usual):
        return states
    width = (section.until - section.since) / cells
    first = max(0, int((last - section.since) / width))
    return [
        "between" if state == "none" and number >= first else state
        for number, state in enumerate(states)
    ]
