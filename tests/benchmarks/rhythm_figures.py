"""Prints the rhythm's delay against a fixed interval at equal requests, on publish-time traces.

``python -m tests.benchmarks.rhythm_figures`` replays a plain clock: no host gaps, no caches, which
is what ``../shared/freshness/sim.py --policy tests.benchmarks.adapters:Rhythm --cache-s 0`` adds.
"""

from __future__ import annotations

import csv
import gzip
import math
import sys
import time
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from tests.benchmarks.adapters import Rhythm

TRACES = Path(__file__).parents[3] / "shared" / "freshness"
DAY = 86400.0
WARM = 7 * DAY  # learning time, not scored; a quarter of a short trace


@dataclass
class Replay:
    """What one policy achieved on one trace: minutes of delay, requests a source and day."""

    mean: float
    p99: float
    lost: int
    requests: int
    requests_per_day: float
    cpu_ms_per_request: float


def load(name: str, *, every: int = 1) -> dict[str, tuple[list[float], int]]:
    """Return for each source its times in order and its window; ``every`` thins the sources."""
    with (TRACES / f"{name.removesuffix('.dev')}.sources.csv").open(newline="") as table:
        windows = {row["source"]: int(row["k"]) for row in csv.DictReader(table)}
    times: dict[str, list[float]] = {}
    with gzip.open(TRACES / f"{name}.csv.gz", "rt", newline="") as trace:
        for row in csv.DictReader(trace):
            times.setdefault(row["source"], []).append(float(row["published_at"]))
    return {key: (sorted(times[key]), windows[key]) for key in sorted(times)[::every]}


def replay(sources: dict[str, tuple[list[float], int]], theta: float, days: float) -> Replay:
    """Run the rhythm over every source for ``days`` after a day of back-log."""
    start = math.floor(min(times[0] for times, _ in sources.values()) / DAY) * DAY + DAY
    end, scored = start + days * DAY, start + min(WARM, days * DAY / 4)
    delays: list[float] = []
    requests = looks = lost = 0
    begin = time.process_time()
    for number, (times, window) in enumerate(sources.values()):
        policy = Rhythm(
            SimpleNamespace(cache_s=0), 1 / math.sqrt(2 * theta), SimpleNamespace(start=start)
        )
        now, shown, is_first = start + number * 3600 / len(sources), 0, True
        while now < end:
            until = bisect_right(times, now)
            opens = max(shown, until - window)
            if not is_first:
                lost += sum(at >= scored for at in times[shown:opens])
                delays += [(now - at) / 60 for at in times[opens:until] if at >= scored]
            requests += now >= scored
            looks += 1
            poll = SimpleNamespace(
                now=now, fresh=times[opens:until], window=min(until, window), first=is_first
            )
            shown, is_first = until, False
            now = policy.next_poll(poll)
    cpu = (time.process_time() - begin) / looks * 1000
    delays.sort()
    per_day = requests / len(sources) / ((end - scored) / DAY)
    mean, p99 = sum(delays) / len(delays), delays[int(len(delays) * 0.99)]
    return Replay(mean, p99, lost, requests, per_day, cpu)


def at_budget(
    sources: dict[str, tuple[list[float], int]], requests_per_day: float, days: float = 28
) -> Replay:
    """Return the replay that spends ``requests_per_day`` a source, within 2 %."""
    theta = 20_000.0
    for _ in range(10):
        result = replay(sources, theta, days)
        ratio = result.requests_per_day / requests_per_day
        if abs(ratio - 1) < 0.02:
            break
        theta *= ratio**1.8  # requests go with one over the root of theta, or slower
    return result


def main() -> None:
    """Print one line per trace and budget; fixed = half the interval, as uniform looks give."""
    for name, budget in (("topnews2022.dev", 6), ("fb2016.dev", 24), ("rss2026.real", 96)):
        found = at_budget(load(name), budget, days=28 if "2026" not in name else 6.5)
        fixed = 1440 / budget / 2
        print(
            f"{name} {budget}/day: mean {found.mean:.1f} min = {found.mean / fixed:.3f} x fixed,"
            f" p99 {found.p99:.0f}, lost {found.lost}, spent {found.requests_per_day:.1f},"
            f" {found.cpu_ms_per_request:.2f} ms CPU a look"
        )


if __name__ == "__main__":
    sys.exit(main())
