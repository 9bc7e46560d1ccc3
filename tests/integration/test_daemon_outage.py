"""A whole daemon after an outage: soon back, no storm, nothing lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.simulated_web import START, SimulatedDaemon, SimulatedWeb, most_at_once, per_source

ROOMS = 8
HOUR = timedelta(hours=1)
STEP = timedelta(minutes=5)
DOWN_AT, UP_AT = START + 8 * HOUR, START + 11 * HOUR
SOON = timedelta(minutes=30)


def live(folder: Path, down: set[str]) -> SimulatedDaemon:
    """Let a daemon work through three hours in which some newsrooms cannot be reached."""
    web = SimulatedWeb.of(ROOMS, days=1)
    web.is_down = lambda slug, at: slug in (down or web.newsrooms) and DOWN_AT <= at < UP_AT
    daemon = SimulatedDaemon(folder, web, requests_per_day=ROOMS * 48)
    web.clock.pass_time(6 * HOUR)

    async def work() -> None:
        await daemon.work(UP_AT + 2 * HOUR - web.true_now, step=STEP)
        await daemon.close()

    asyncio.run(work())
    return daemon


def never_found(daemon: SimulatedDaemon) -> set[str]:
    published = {
        f"{room.url}/{number}"
        for room in daemon.web.newsrooms.values()
        for number, at in enumerate(room.published)
        if START + 6 * HOUR <= at < UP_AT
    }
    return published - daemon.web.found.keys()


def test_after_an_outage_of_our_own_network_everything_is_seen_again_soon(tmp_path: Path) -> None:
    daemon = live(tmp_path / "work", set())

    first = min(a.true_at for a in daemon.looks_between(UP_AT, UP_AT + 2 * HOUR))
    back = daemon.looks_between(first, first + SOON)
    assert first - UP_AT <= SOON
    assert set(per_source(back)) == set(daemon.web.newsrooms)
    assert max(per_source(back).values()) <= 4
    assert most_at_once(back) <= ROOMS / 2
    assert never_found(daemon) == set()


def test_a_site_that_was_down_is_seen_again_within_an_hour_or_so(tmp_path: Path) -> None:
    daemon = live(tmp_path / "work", {"room-3"})

    during = per_source(daemon.looks_between(DOWN_AT, UP_AT))["room-3"]
    assert 3 <= during <= 8  # it is asked, patiently
    assert per_source(daemon.looks_between(UP_AT, UP_AT + 1.3 * HOUR))["room-3"] >= 1
    assert never_found(daemon) == set()
