"""Random histories: how a publisher is made, what happens to it and to us, and when we look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import get_args

from tests.model.site import START, Dates, Kind, NewsList, Order, Site

#: What a site can be like for a while; each ends with the step "well again".
MOODS = (
    *("maintenance", "empty", "shrunken", "broken off", "failing", "silent", "lying 304"),
    *("cached", "cached, dated anew", "moved away", "one part fails", "held off"),
    *("pages fail", "pages missing", "pages held off", "pages all alike", "redirected"),
)
#: What the publisher does.
_DEEDS = ("put up",) * 12 + ("slide in", "slide in", "take down", "bring back", "move page")
#: What we do, or what happens to us.
_OURS = ("filter", "hosts", "address", "clock ahead", "clock back", "clock right")
_LOOKS = ("look",) * 9 + ("look, killed", "look, database away")
#: After the last mood: looks until all that is offered should be here.
_RECOVERY = (20, 40, 26 * 60, 9 * 24 * 60, 18 * 24 * 60)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, so many seconds after the start. ``which`` says to what."""

    seconds: float
    what: str
    which: int = 0

    def __str__(self) -> str:
        hours, rest = divmod(self.seconds, 3600)
        return f"{int(hours):4d}:{rest / 60:05.2f}  {self.what} ({self.which})"


@dataclass(frozen=True, slots=True)
class History:
    """A publisher as it begins, and the steps that follow in their order."""

    seed: int
    kind: Kind
    order: Order
    dates: Dates
    window: int
    most: int
    sections: int
    steps: tuple[Step, ...]
    parts_read: int = 3

    def site(self) -> Site:
        """Return the publisher before its first step."""
        ending = {"feed": "rss", "front": "html"}.get(self.kind, "xml")
        home = f"https://paper{self.seed}.example"
        lists = [
            NewsList(f"{home}/list{n}.{ending}", self.kind, self.order, self.dates, *self._sizes)
            for n in range(3)
        ]
        site = Site(self.seed, lists)
        site.note(START - timedelta(days=400))
        return site

    @property
    def _sizes(self) -> tuple[int, int]:
        return self.window, self.most

    def told(self) -> str:
        """Return the history in readable lines."""
        made = f"seed {self.seed}: a {self.kind}, {self.order}, dates {self.dates}, "
        made += f"shows {self.window}, we read {self.most}, parts read {self.parts_read}, "
        made += f"{self.sections} section(s)"
        return "\n".join([made, *map(str, self.steps)])


def random_history(seed: int) -> History:
    """Return the history of a seed; the same for ever."""
    rng = Random(seed)  # reproducible
    kind: Kind = rng.choice(get_args(Kind))
    order: Order = rng.choice((*get_args(Order), "newest first", "newest first"))
    dates: Dates = rng.choice((*get_args(Dates), "honest", "honest"))
    window = rng.choice((6, 10, 14, 40))
    most = rng.choice((6, 60, 60, 60))
    if dates == "last year's":
        most = 60  # what we leave out would look like archive
    parts = rng.choice((2, 3, 3, 3))
    steps = sorted(_steps(rng), key=lambda step: step.seconds)
    return History(
        seed, kind, order, dates, window, most, rng.choice((1, 1, 2)), tuple(steps), parts
    )


def _steps(rng: Random) -> Iterable[Step]:
    for _ in range(rng.choice((0, 3, 8, 12, 12))):  # there before we came
        yield Step(-rng.uniform(600, 20 * 86_400), "put up")
    looks = rng.randint(3, 8)
    gap = rng.choice((900, 900, 3600, 6 * 3600, 20 * 3600))
    at = 0.0
    for _ in range(looks):
        yield Step(at, rng.choice(_LOOKS))
        pause = rng.uniform(0.5, 1.5) * gap
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            what = rng.choice(_DEEDS)
            yield Step(at + rng.uniform(0, pause), what, rng.randrange(1000))
        for _ in range(rng.choice((0, 0, 1))):
            yield Step(at + rng.uniform(0, 8), "put up")  # while we look
        if rng.random() < 0.25:
            yield Step(at + rng.uniform(10, pause), rng.choice(_OURS), rng.randrange(1000))
        if rng.random() < 0.35:
            began = at + rng.uniform(5, pause)
            yield Step(began, rng.choice(MOODS))
            yield Step(began + rng.choice((0.5, 1, 2, 4)) * gap, "well again")
        at += pause
    if rng.random() < 0.05:
        yield Step(at - rng.uniform(0, gap), "relaunch")
    end = at + 5 * gap
    yield Step(end, "all well")
    for minutes in _RECOVERY:
        yield Step(end + minutes * 60, "look")
