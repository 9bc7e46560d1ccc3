"""A whole daemon at work while its clock is set: no storm, no silence, nothing lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.simulated_web import START, SimulatedDaemon, SimulatedWeb, most_at_once, per_source

ROOMS = 8
LOOKS_A_DAY = 24  # for each section, by the budget
STEP = timedelta(minutes=10)
FINE_STEP = timedelta(minutes=2)  # after a change: what is spread over minutes is seen apart
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BETWEEN = 10 * HOUR  # two changes of the clock
CHANGES = {
    "a year ahead": (365 * DAY,),
    "a day back": (-DAY,),
    "back to before anything was known": (-400 * DAY,),
    "a year ahead and soon back": (365 * DAY, -365 * DAY),
    "an hour back, as by a wrong time zone": (-HOUR,),
}


def daemon_of(folder: Path, *, url: str = "") -> SimulatedDaemon:
    web = SimulatedWeb.of(ROOMS, days=4)
    return SimulatedDaemon(folder, web, url=url, requests_per_day=ROOMS * LOOKS_A_DAY)


def work_through(daemon: SimulatedDaemon, changes: list[tuple[timedelta, ...]]) -> list[datetime]:
    """Set the clock now and then; return the true times at which that was done."""
    set_at: list[datetime] = []

    async def work() -> None:
        await daemon.work(BETWEEN, step=STEP)
        for jumps in changes:
            set_at.append(daemon.web.true_now)
            for jump in jumps:
                daemon.clock.set_by(jump)
                await daemon.work(2 * STEP, step=FINE_STEP)
            await daemon.work(HOUR, step=FINE_STEP)
            await daemon.work(BETWEEN - HOUR, step=STEP)
        await daemon.close()

    asyncio.run(work())
    return set_at


def check_no_storm(daemon: SimulatedDaemon, at: datetime) -> None:
    looks = daemon.looks_between(at, at + HOUR)
    assert most_at_once(looks) <= ROOMS / 2
    assert max(per_source(looks).values(), default=0) <= 4


def check_no_silence(daemon: SimulatedDaemon, at: datetime) -> None:
    looks = per_source(daemon.looks_between(at, at + BETWEEN))
    assert set(looks) == set(daemon.web.newsrooms)
    assert sum(looks.values()) >= ROOMS * LOOKS_A_DAY * (BETWEEN / DAY) / 3


def check_everything_was_found(daemon: SimulatedDaemon) -> None:
    until = daemon.web.true_now - 12 * HOUR
    published = {
        f"{room.url}/{number}"
        for room in daemon.web.newsrooms.values()
        for number, at in enumerate(room.published)
        if START <= at < until
    }
    assert published
    assert published - daemon.web.found.keys() == set()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_clock_that_is_set_brings_neither_storm_nor_silence(
    dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = ""
    changes = CHANGES
    if dialect == "postgresql":
        url = str(request.getfixturevalue("postgres_database")("template0"))
        changes = {key: CHANGES[key] for key in ("a year ahead and soon back",)}
    daemon = daemon_of(tmp_path / "work", url=url)
    for at in work_through(daemon, list(changes.values())):
        check_no_storm(daemon, at)
        check_no_silence(daemon, at)
    check_everything_was_found(daemon)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("changes_at", ["2026-03-29T01:00+00:00", "2026-10-25T01:00+00:00"])
def test_summer_time_begins_and_ends_unnoticed(changes_at: str, tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path / "work")
    daemon.clock.now = datetime.fromisoformat(changes_at).astimezone(UTC) - BETWEEN
    (at,) = work_through(daemon, [()])
    check_no_storm(daemon, at)
    check_no_silence(daemon, at)
