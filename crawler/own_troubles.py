"""What is wrong with us rather than with a site: nobody looks, a clock, a disk, a watch file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, delete
from sqlalchemy.exc import DBAPIError

from crawler.config import Options
from crawler.health import LATE_AFTER, SectionHealth
from crawler.schedule.leases import CLOCK_SET_BACK
from crawler.unwatched import Unwatched
from pipelines.storage.database import open_engine, parse_url, real_path
from pipelines.storage.faults import is_forbidden, is_passing, reason
from pipelines.storage.memory_models import ScheduleState
from pipelines.watch_files import load_watches

OwnKind = Literal["database", "disk", "clock", "nobody-looks", "nothing-to-do", "watch"]
#: What a busy day of articles and the log of one transaction take.
LEAST_FREE_BYTES = 50_000_000
_NO_SUCH_KEY = "trial"
_AT_WORK = "is `firstseen run`, cron or the timer at work?"


@dataclass(frozen=True, slots=True)
class OwnTrouble:
    """One state of ours. Without ``is_ill`` it is only told on request; ``is_all``: nothing works.

    ``told`` says what is wrong and what to do.
    """

    kind: OwnKind
    told: str
    is_ill: bool = True
    is_all: bool = False


def find_own_troubles(
    options: Options,
    sections: Sequence[SectionHealth],
    unwatched: Sequence[Unwatched],
    *,
    now: datetime,
) -> list[OwnTrouble]:
    """Return what is wrong with us: the database first, what nobody does last."""
    return [
        *_database(options),
        *_disk(options),
        *_clock(sections, now),
        *_nobody_looks(sections, unwatched, now),
        *_watches(options),
    ]


def _database(options: Options) -> list[OwnTrouble]:
    """Say that nothing can be written, where whoever asks should be able to."""
    parsed = parse_url(options.database_url)
    is_file = parsed.get_backend_name() == "sqlite"
    if is_file and os.geteuid() not in (0, real_path(parsed).stat().st_uid):
        return []  # somebody who only looks
    engine = open_engine(options.database_url, hurried=True)
    try:
        why = _why_not_written(engine)
    finally:
        engine.dispose()
    told = f"the database cannot be written, and nothing that is found is kept: {why}"
    return [OwnTrouble("database", told, is_all=True)] if why else []


def _why_not_written(engine: Engine) -> str:
    nothing = delete(ScheduleState).where(ScheduleState.key == _NO_SUCH_KEY)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":  # who writes now can write
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA busy_timeout = 500")
                cursor.close()
            connection.execute(nothing)
            connection.rollback()
    except DBAPIError as error:
        return "" if is_passing(error) or is_forbidden(error) else reason(error)
    return ""


def _disk(options: Options) -> list[OwnTrouble]:
    parsed = parse_url(options.database_url)
    is_file = parsed.get_backend_name() == "sqlite"
    folder = real_path(parsed).parent if is_file else options.workspace
    free = shutil.disk_usage(folder).free
    if free >= LEAST_FREE_BYTES:
        return []
    what = "the database" if is_file else "the workspace"
    told = f"the disk of {what} has {free // 1_000_000} MB left: free some space; nothing that "
    return [OwnTrouble("disk", f"{told}cannot be kept is looked for until there is some")]


def _clock(sections: Sequence[SectionHealth], now: datetime) -> list[OwnTrouble]:
    latest = _latest_look(sections)
    if latest is None or latest <= now + CLOCK_SET_BACK:
        return []
    told = f"the latest look is of {latest:%Y-%m-%d %H:%M} UTC, which is still to come: the clock "
    told += "was set back, or was ahead; what appears until then has no lower bound"
    return [OwnTrouble("clock", told)]


def _nobody_looks(
    sections: Sequence[SectionHealth], unwatched: Sequence[Unwatched], now: datetime
) -> list[OwnTrouble]:
    in_use = [health for health in sections if health.facts.enabled]
    if not in_use and not unwatched:
        told = "no source is in use, so nothing is watched: `firstseen sources enable` adds some"
        return [OwnTrouble("nothing-to-do", told, is_all=True)]
    late = [health for health in in_use if health.is_late]
    latest = _latest_look(sections)
    if latest is None and not in_use:
        return []  # new files are told of as unwatched
    if not late or (latest is not None and latest > now - LATE_AFTER):
        return []
    since = f"since {latest:%Y-%m-%d %H:%M} UTC" if latest else "ever"
    told = f"nobody has looked at anything {since}, and what is due waits: {_AT_WORK}"
    return [OwnTrouble("nobody-looks", told)]


def _latest_look(sections: Sequence[SectionHealth]) -> datetime | None:
    looks = [health.facts.last for health in sections if health.facts.last]
    return max(looks, key=lambda look: look.id).started_at if looks else None


def _watches(options: Options) -> list[OwnTrouble]:
    definitions, errors = load_watches(options.watches_folder)
    found = [OwnTrouble("watch", f"watches nothing, its file cannot be used: {e}") for e in errors]
    for slug, watch in sorted(definitions.items()):
        if not watch.channels and not watch.paused:
            told = f"{slug} names no channel: `firstseen alerts list` and the page alone tell of it"
            found.append(OwnTrouble("watch", told, is_ill=False))
    return found


def own_lines(troubles: Sequence[OwnTrouble], *, everything: bool) -> list[str]:
    """Return one line for each trouble; with ``everything`` also for what is no illness."""
    return [f"{one.kind}: {one.told}" for one in troubles if one.is_ill or everything]
