"""Coverage as rows of cells: what can be said of each stretch of time, by source or section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.storage.coverage import CoverageState, SectionCoverage

#: From what says most to what says least: one seen section speaks for its source.
_STRENGTH: tuple[CoverageState, ...] = ("new", "quiet", "between", "blocked", "failed", "none")
#: What the reader is told of a state.
STATE_WORDS: dict[CoverageState, str] = {
    "new": "seen",
    "quiet": "quiet",
    "between": "quiet, between two looks",
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

    def count(self, *states: str) -> int:
        """How many cells are in one of these states."""
        return sum(cell.state in states for cell in self.cells)


def grid_times(now: datetime, *, hours: int, step: int) -> tuple[datetime, datetime, int]:
    """Return since, until and the number of cells: whole stretches of ``step`` hours in UTC."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    until = hour + timedelta(hours=-hour.hour % step)
    return until - timedelta(hours=hours), until, hours // step


def coverage_row(
    name: str, slug: str, sections: Sequence[SectionCoverage], *, cells: int, now: datetime
) -> CoverageRow:
    """Return one row of several sections: what the best covered of them says of each stretch."""
    since, until = sections[0].since, sections[0].until
    width = (until - since) / cells
    strips = [section.strip(cells) for section in sections]
    counts: Counter[int] = Counter()
    for section in sections:
        for look in section.looks:
            counts[min(int((look.at - since) / width), cells - 1)] += look.new_links
    made = []
    for number in range(cells):
        at = since + width * number
        state = min((strip[number] for strip in strips), key=_STRENGTH.index)
        if state == "none" and at + width > now:
            # The hour is not over: whether nobody looked cannot be said yet.
            state = "between"
        made.append(Cell(at, state, counts[number]))
    looks = sum(len(section.looks) for section in sections)
    return CoverageRow(name, slug, tuple(made), looks)
