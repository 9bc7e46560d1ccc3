"""Lets outlets get into moods and out of them while `firstseen crawl` looks, in faked time."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.workspace import create_workspace
from tests.e2e.moods.commands import Commands
from tests.e2e.moods.judge import (
    WHOLE,
    Kept,
    Verdict,
    archive,
    health_names,
    judge,
    kept_of,
    names_of,
    unread,
)
from tests.e2e.moods.kinds import Mood
from tests.e2e.moods.ours import OUR_STATES, Conditions
from tests.e2e.moods.outlets import Clock, Outlet
from tests.e2e.moods.server import MoodyWeb
from tests.e2e.running import Done

WATCH = 'name = "All"\nquery = "before:2200"\n[again]\narticles = true\n'
OPTIONS = {"timeout_seconds": 3.0, "per_source": 2, "hosts_at_once": 64}
WAITING_HOURS = 6.0  # from then on health tells what waits for its article
#: A mood lasts from the first of these hours to the second, counted from its turn.
LASTS = (1.0, 28.5)
#: When we look, before the moods, in the turn of each, and after them all.
_BEFORE, _IN_A_TURN, _AFTER = (0.0, 3.0), (2.0, 7.0, 27.0, 29.5, 34.0), (8.0, 32.0)
#: When an outlet puts up an article: before the moods, in the turn of each.
_PUBLISHED_BEFORE, _PUBLISHED_IN_A_TURN = (1.0, 2.0), (1.5, 5.0, 20.0, 29.0)
_TURN = 36.0  # hours


@dataclass(frozen=True, slots=True)
class Timetable:
    """When we look and when outlets publish, in hours, if they have so many moods in turn."""

    turns: int

    def _moments(
        self, before: Sequence[float], each: Sequence[float], after: Sequence[float] = ()
    ) -> list[float]:
        begins = [_BEFORE[-1] + _TURN * turn for turn in range(self.turns + 1)]
        inside = [begin + hour for begin in begins[:-1] for hour in each]
        return [*before, *inside, *(begins[-1] + hour for hour in after)]

    @property
    def looks(self) -> list[float]:
        return self._moments(_BEFORE, _IN_A_TURN, _AFTER)

    @property
    def published(self) -> list[float]:
        return self._moments(_PUBLISHED_BEFORE, _PUBLISHED_IN_A_TURN)

    def mood_at(self, moods: Sequence[Mood], hour: float) -> Mood | None:
        """Return the mood that an outlet with these moods is in."""
        turn, since = divmod(hour - _BEFORE[-1], _TURN)
        if turn < 0 or not moods:
            return None
        if turn >= len(moods) or (since > LASTS[1] and turn == len(moods) - 1):
            return moods[-1] if moods[-1].for_good else None
        return moods[int(turn)] if LASTS[0] <= since <= LASTS[1] else None


@dataclass
class Exam:
    """One run: outlets, the moods of each in turn, a workspace, a clock."""

    folder: Path
    outlets: list[Outlet]
    moods: dict[str, Sequence[Mood]]  # slug -> in turn; one that stays is the last
    clock: Clock
    parked: str  # origin of a domain that is for sale
    states: Sequence[str] = ()  # of ours, at every second look in turn, after the first two
    tick: Callable[[float], None] = lambda hour: None
    statuses: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    _stock: dict[str, set[str]] = field(default_factory=dict)
    _expected: dict[str, set[str]] = field(default_factory=dict)
    _missed: dict[str, float] = field(default_factory=dict)
    _visits: dict[str, int] = field(default_factory=dict)

    @property
    def timetable(self) -> Timetable:
        turns = max(map(len, self.moods.values()), default=0)
        return Timetable(max(turns, -(-2 * len(self.states) // len(_IN_A_TURN))))

    def run(self) -> list[Verdict]:
        """Look through the whole timetable; return a verdict of each outlet."""
        self._write_workspace()
        for outlet in self.outlets:
            names = "+".join(mood.name for mood in self.moods[outlet.slug])
            self.verdicts[outlet.slug] = Verdict(outlet.slug, names or "well")
        self._commands = Commands(self.folder)
        with self._commands, MoodyWeb(self.outlets, self.parked, self.clock) as web:
            hour = 0.0
            for number, at in enumerate(self.timetable.looks):
                while hour < at:  # in steps, so that what happens has times of its own
                    step = min(0.25, at - hour)
                    self.clock.pass_time(timedelta(hours=step))
                    hour += step
                    self.tick(hour)
                for slug, moods in self.moods.items():
                    mood = self.timetable.mood_at(moods, hour)
                    web.servers[slug].mood = mood.does if mood else None
                self._look(number, hour)
            self._judge()
        return list(self.verdicts.values())

    def _write_workspace(self) -> None:
        hosts = [o.origin.removeprefix("http://") for o in self.outlets]
        hosts.append(self.parked.removeprefix("http://"))
        create_workspace(self.folder, allow=tuple(hosts), delay_seconds=0.0)
        (self.folder / "watches" / "all.toml").write_text(WATCH, encoding="utf-8")
        config = self.folder / "firstseen.toml"
        text = config.read_text(encoding="utf-8")
        for option, value in OPTIONS.items():
            text = re.sub(rf"(?m)^# {option} = .*$", f"{option} = {value}", text)
        config.write_text(text, encoding="utf-8")
        for outlet in self.outlets:
            path = self.folder / "sources" / f"{outlet.slug}.toml"
            path.write_text(outlet.source_file(), encoding="utf-8")

    # ------------------------------------------------------------ one look

    def firstseen(self, *words: str, conditions: Conditions | None = None) -> Done:
        """Run one command as it is at the web's time."""
        under = conditions or Conditions(self.folder)
        return self._commands.run(
            *words,
            *("--workspace", str(self.folder)),
            ahead=self.clock.ahead + under.shift,
            variables=under.variables,
            largest_file=under.largest_file,
            killed_after=under.killed_after,
        )

    def _crawl(self, number: int) -> bool:
        """Look once, in a state of ours when it is its turn; return whether we were well."""
        turn, is_well = divmod(number - len(_BEFORE), 2)
        name = self.states[turn] if not is_well and 0 <= turn < len(self.states) else None
        conditions = Conditions(self.folder)
        with OUR_STATES[name](conditions) if name else nullcontext():
            done = self.firstseen("crawl", conditions=conditions)
        self.statuses.append(done.status)
        self.said.append(f"{name or 'well'} -> {done.status}: {done.err.strip()[-300:]}")
        if os.environ.get("MOODS_VERBOSE"):
            sys.stdout.write(f"{self.said[-1]}\n")
            sys.stdout.flush()
        return name is None

    def _look(self, number: int, hour: float) -> None:
        is_well = self._crawl(number)
        report: dict[str, Any] | None = None
        with archive(self.folder) as session:
            for outlet in self.outlets:
                kept = kept_of(session, outlet.slug)
                mood = self.timetable.mood_at(self.moods[outlet.slug], hour)
                before = kept.visits[: self._visits.get(outlet.slug, 0)]
                if not any(visit.outcome in WHOLE for visit in before):
                    self._stock[outlet.slug] = {o.key for o in outlet.articles()}
                if is_well and (mood is None or mood.for_good):
                    self._expected.setdefault(outlet.slug, set()).update(outlet.listed())
                is_told = not (is_well and self._find_unnamed(outlet, kept, hour) and mood)
                if not is_told and mood and mood.seen:
                    report = report or json.loads(self.firstseen("health", "--all", "--json").out)
                    if not health_names(report, outlet.slug):
                        told = f"{mood.name}: health says nothing of what is not read at {hour} h"
                        self.verdicts[outlet.slug].problems.append(told)

    def _find_unnamed(self, outlet: Outlet, kept: Kept, hour: float) -> bool:
        """Note by what names the ledger explains what is not read; whether one waits for long."""
        verdict, missing = self.verdicts[outlet.slug], unread(kept, outlet)
        since = self._visits.get(outlet.slug, 0)
        self._visits[outlet.slug] = len(kept.visits)
        for one in missing:
            names = names_of(kept, one, since_visit=since)
            verdict.named.update(names)
            if not names and all(mood.seen for mood in self.moods[outlet.slug]):
                verdict.problems.append(f"at {hour} h not read and not named: {one.key}")
        first = [self._missed.setdefault(one.key, hour) for one in missing]
        return any(hour - then > WAITING_HOURS for then in first)

    def _judge(self) -> None:
        limit = ("--limit", "100000", "--format", "json", "--since", "60d")
        done = self.firstseen("alerts", "list", "--silent", *limit)
        silent = {one["article"]["id"]: one["reason"] for one in json.loads(done.out)}
        with archive(self.folder) as session:
            for outlet in self.outlets:
                judge(
                    self.verdicts[outlet.slug],
                    outlet,
                    kept_of(session, outlet.slug),
                    expected=self._expected[outlet.slug],
                    stock=self._stock[outlet.slug],
                    silent=silent,
                    bounds=all(mood.seen for mood in self.moods[outlet.slug]),
                )


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as lines: what each mood came to."""
    head = f"{'mood':26}{'outlet':26}{'kept':>8}{'bounds':>8}{'told':>6}  named by"
    lines = [head]
    for v in verdicts:
        names = ", ".join(f"{n} {name}" for name, n in v.named.most_common(4))
        kept = f"{v.stored}/{v.expected}"
        silent = f"; silent: {dict(v.silent)}" if v.silent else ""
        lines.append(f"{v.mood:26}{v.outlet:26}{kept:>8}{v.bounded:>8}{v.told:>6}  {names}{silent}")
        lines += [f"    PROBLEM {problem}" for problem in v.problems]
    return "\n".join(lines)
