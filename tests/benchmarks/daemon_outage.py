"""Shows how a daemon comes back after an outage, in simulated days against simulated newsrooms.

python -m tests.benchmarks.daemon_outage [--rooms 60] [--hours 6]

The daemon, its claims, plans and database are the real ones; time and newsrooms are not. Three
outages: every host refuses (our own network), one host in five refuses, and the daemon itself does
not run. Printed are looks a minute over all hosts and at one host after the outage, how long it
takes until each section was seen again, and what was never seen.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from tests.simulated_web import START, Asked, SimulatedDaemon, SimulatedWeb

HOUR = timedelta(hours=1)
STEP = timedelta(minutes=1)
LOOKS_A_DAY = 24
DOWN_AT = START + timedelta(days=1, hours=8)  # on a Tuesday morning, once habits are known


def per_minute(looks: list[Asked]) -> int:
    return max(Counter(int((a.true_at - START) / STEP) for a in looks).values(), default=0)


def per_host(looks: list[Asked]) -> int:
    """Return the most looks that one host got within ten minutes."""
    slots = Counter((a.slug, int((a.true_at - START) / (10 * STEP))) for a in looks)
    return max(slots.values(), default=0)


def delays(web: SimulatedWeb, since: datetime, until: datetime) -> tuple[list[float], int]:
    """Return the minutes until articles of a span were seen, and how many never were."""
    found, lost = [], 0
    for room in web.newsrooms.values():
        for number, at in enumerate(room.published):
            if since <= at < until:
                seen = web.found.get(f"{room.url}/{number}")
                lost += seen is None
                if seen is not None:
                    found.append((seen - at) / timedelta(minutes=1))
    return sorted(found), lost


async def live(daemon: SimulatedDaemon, outage: timedelta, *, asleep: bool) -> None:
    await daemon.work(DOWN_AT - START, step=STEP)
    if asleep:
        daemon.clock.pass_time(outage)
        await daemon.restart()
    else:
        await daemon.work(outage, step=STEP)
    await daemon.work(timedelta(days=1), step=STEP)
    await daemon.close()


def show(name: str, rooms: int, outage: timedelta, refuses: Callable[[str], bool] | None) -> None:
    web = SimulatedWeb.of(rooms, days=4)
    up_at = DOWN_AT + outage
    if refuses is not None:
        web.is_down = lambda slug, at: refuses(slug) and DOWN_AT <= at < up_at
    with tempfile.TemporaryDirectory() as folder:
        daemon = SimulatedDaemon(Path(folder) / "w", web, requests_per_day=rooms * LOOKS_A_DAY)
        asyncio.run(live(daemon, outage, asleep=refuses is None))
    usual = daemon.looks_between(START + 8 * HOUR, DOWN_AT)
    after = daemon.looks_between(up_at, up_at + 2 * HOUR)
    hit = [slug for slug in web.newsrooms if refuses is None or refuses(slug)]
    seen_again = {
        slug: min(a.true_at for a in web.asked if a.slug == slug and a.true_at >= up_at) - up_at
        for slug in hit
    }
    waits = sorted(wait / timedelta(minutes=1) for wait in seen_again.values())
    during = [a for a in daemon.looks_between(DOWN_AT, up_at) if a.slug in hit]
    late, lost = delays(web, DOWN_AT, up_at)
    fresh, lost_later = delays(web, up_at + 4 * HOUR, up_at + 18 * HOUR)
    print(f"{name}, {outage / HOUR:.0f} h:")
    print(
        f"  looks a minute, all hosts: usually up to {per_minute(usual)}, after {per_minute(after)}"
    )
    print(f"  looks in ten minutes at one host: up to {per_host(usual)}, after {per_host(after)}")
    print(f"  looks at the hosts that were down meanwhile: {len(during) / len(hit):.1f} each")
    print(f"  seen again after {waits[len(waits) // 2]:.0f} min (half), {waits[-1]:.0f} min (all)")
    print(f"  published meanwhile: {len(late) + lost}, never seen {lost}")
    middle, most = fresh[len(fresh) // 2], fresh[int(len(fresh) * 0.99)]
    print(f"  later delays: p50 {middle:.0f} min, p99 {most:.0f} min, never seen {lost_later}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=60)
    parser.add_argument("--hours", type=float, default=6)
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    outage = timedelta(hours=args.hours)
    show("every host refuses", args.rooms, outage, lambda slug: True)
    show("one host in five refuses", args.rooms, outage, lambda slug: hash_of(slug) % 5 == 0)
    show("the daemon does not run", args.rooms, outage, None)


def hash_of(slug: str) -> int:
    return int(slug.rpartition("-")[2])


if __name__ == "__main__":
    main()
