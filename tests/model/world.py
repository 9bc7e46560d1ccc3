"""Time passes in the model: what happens, which clock we have, and what we were told when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.model.history import MOODS, History, Step
from tests.model.server import Reply
from tests.model.site import START, NewsList, Site

PUBLISHERS = frozenset(
    ("put up", "slide in", "take down", "bring back", "move page", "relaunch", "well again")
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a time that we may write down truly is: a list as it was at a moment."""

    news: NewsList
    at: datetime


@dataclass
class World:
    """The publisher, the true time, and our clock, which may be wrong by ``offset``."""

    history: History
    site: Site
    true_at: datetime = START - timedelta(days=30)
    offset: timedelta = timedelta(0)
    was_wrong: bool = False  # our clock, ever
    meant: dict[datetime, list[Moment]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._pending = [step for step in self.history.steps if is_publishers(step)]
        self._rng = Random(self.history.seed)  # reproducible

    def our_time(self) -> datetime:
        """Return what our clock shows."""
        return self.true_at + self.offset

    def advance(self, at: datetime) -> None:
        """Let time pass, and what happens until then happen."""
        while self._pending and START + timedelta(seconds=self._pending[0].seconds) <= at:
            step = self._pending.pop(0)
            self.true_at = max(self.true_at, START + timedelta(seconds=step.seconds))
            self._happen(step)
        self.true_at = max(self.true_at, at)

    def forget(self, step: Step) -> None:
        """Let a step that was to come not happen."""
        if step in self._pending:
            self._pending.remove(step)
        self.site.moods.pop(step.what, None)

    def wait(self, least: float = 0.05, most: float = 4.0) -> None:
        """Let the time of half a request pass."""
        self.advance(self.true_at + timedelta(seconds=self._rng.uniform(least, most)))

    def note(self, reply: Reply, ours: Iterable[datetime]) -> None:
        """Keep what the times of an answer mean, should they be written down."""
        if reply.news is not None and reply.as_of is not None:
            for at in ours:
                self.meant[at].append(Moment(reply.news, reply.as_of))

    def _happen(self, step: Step) -> None:
        site, at = self.site, self.true_at
        if step.what == "put up":
            site.put_up(at)
        elif step.what == "slide in":
            site.put_up(at, dated_at=at - timedelta(days=1 + step.which % 12))
        elif step.what == "take down":
            site.take_down(at, step.which)
        elif step.what == "bring back":
            site.bring_back(at, step.which)
        elif step.what == "move page":
            site.move_page(at, step.which)
        elif step.what == "relaunch":
            site.relaunch(at)
        elif step.what == "well again":
            site.get_well()
        else:
            site.moods[step.what] = at


def is_publishers(step: Step) -> bool:
    """Whether a step happens at the publisher's, not at ours."""
    return step.what in PUBLISHERS or step.what in MOODS
