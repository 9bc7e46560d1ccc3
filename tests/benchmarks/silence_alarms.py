"""Counts false silence alarms on publish-time traces, and how soon a section cut off is noticed.

python -m tests.benchmarks.silence_alarms [--every 3] [--days 120]

Each section of the public traces is looked at every hour for months and judged every six hours as
`firstseen health` does, after a week of learning. An alarm that ends by itself was a false one: the
section lived. Then each section is cut off in the middle of its trace, and the time until the alarm
is measured.
"""

from __future__ import annotations

import argparse
import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from crawler.health import SectionFacts, judge_section
from crawler.schedule.learnt_rate import DAY, HOUR, RhythmState, observe, utc
from pipelines.storage.health_queries import LastVisit
from tests.benchmarks.rhythm_figures import load

WARM = 7 * DAY
JUDGED_EVERY = 6 * HOUR
MONTH = 30 * DAY


@dataclass
class Tally:
    """What the alarms of one trace were."""

    months: float = 0.0
    sections: int = 0
    alarms: list[tuple[str, float, str]] = field(default_factory=list)  # section, hours, reason
    unended: int = 0
    noticed: list[tuple[float, float]] = field(default_factory=list)  # articles a day, hours
    unnoticed: int = 0


def learn(state: RhythmState, times: list[float], window: int, now: float) -> RhythmState:
    """Return the state after a look at ``now``."""
    until = bisect_right(times, now)
    known = 0 if state.watched_until is None else bisect_right(times, state.watched_until)
    fresh = [utc(at) for at in times[max(known, until - window) : until]]
    overflow = state.watched_until is not None and until - known >= window
    return observe(state, visited_at=utc(now), published_at=fresh, overflow=overflow)


def reason(state: RhythmState, times: list[float], first: float, now: float) -> str:
    """Return what `firstseen health` says of the section's volume, "" when it is well."""
    until = bisect_right(times, now)
    facts = SectionFacts(
        "trace",
        "section",
        last_success_at=utc(now),
        next_visit_at=utc(now),
        last=LastVisit("ok", 200, "", utc(now)),
        rhythm=state,
        first_look_at=utc(first),
        last_new_at=utc(times[until - 1]) if until else None,
        seen_day=until - bisect_left(times, now - DAY),
        seen_week=until - bisect_left(times, now - 7 * DAY),
    )
    health = judge_section(facts, now=utc(now))
    return "; ".join(health.reasons)


def judge(name: str, times: list[float], window: int, days: float, tally: Tally) -> None:
    """Follow one section; note its alarms, and how soon it is missed when it is cut off."""
    first = times[0] + DAY
    end = min(times[-1], first + days * DAY)
    if end - first < WARM + DAY:
        return
    tally.sections += 1
    tally.months += (end - first - WARM) / MONTH
    state, now, began, told = RhythmState(), first, None, ""
    middle = first + (end - first) / 2
    kept: RhythmState | None = None
    while now < end:
        state = learn(state, times, window, now)
        if kept is None and now >= middle:
            kept = state
        if now - first >= WARM and (now - first) % JUDGED_EVERY < HOUR:
            why = reason(state, times, first, now)
            if why and began is None:
                began, told = now, why
            elif not why and began is not None:
                tally.alarms.append((name, (now - began) / HOUR, told))
                began = None
        now += HOUR
    tally.unended += began is not None
    if kept is not None and not reason(kept, times, first, middle):
        cut(kept, [at for at in times if at < middle], window, first, middle, tally)


def cut(
    state: RhythmState, times: list[float], window: int, first: float, at: float, tally: Tally
) -> None:
    """Note when a section that shows nothing new any more is missed, within 30 days."""
    per_day = state.rate * DAY
    now = at
    while now < at + MONTH:
        now += JUDGED_EVERY
        state = learn(state, times, window, now)
        if reason(state, times, first, now):
            tally.noticed.append((per_day, (now - at) / HOUR))
            return
    tally.unnoticed += 1


def show(trace: str, tally: Tally) -> None:
    rate = len(tally.alarms) / tally.months
    print(f"{trace}: {tally.sections} sections, {tally.months:.0f} section-months")
    print(f"  {len(tally.alarms)} alarms that ended by themselves = {rate:.3f} a section-month")
    print(f"  {tally.unended} at the end of their trace")
    for name, count in Counter(name for name, _, _ in tally.alarms).most_common(5):
        worst = max((a for a in tally.alarms if a[0] == name), key=lambda a: a[1])
        print(f"    {count} x {name}: {worst[2]} ({worst[1]:.0f} h)")
    for low, high in ((0, 3), (3, 10), (10, 50), (50, 10_000)):
        hours = [found for rate, found in tally.noticed if low <= rate < high]
        if hours:
            told = timedelta(hours=statistics.median(hours))
            print(
                f"  cut off at {low} to {high} articles a day: noticed after {told} ({len(hours)})"
            )
    print(f"  cut off and not noticed within 30 days: {tally.unnoticed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--days", type=float, default=120)
    args = parser.parse_args()
    for trace in ("topnews2022.dev", "fb2016.dev"):
        tally = Tally()
        for name, (times, window) in load(trace, every=args.every).items():
            judge(name, times, window, args.days, tally)
        show(trace, tally)


if __name__ == "__main__":
    main()
