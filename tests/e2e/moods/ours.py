"""Our own bad states during one look: killed, no disk, no database, a wrong clock, a wrong file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

PROXY_OF_NOBODY = "http://127.0.0.1:9"


@dataclass
class Conditions:
    """Under what one look is taken."""

    folder: Path
    shift: timedelta = timedelta(0)  # of our clock, against the web's
    variables: dict[str, str] = field(default_factory=dict)
    largest_file: int | None = None  # bytes
    killed_after: float | None = None  # seconds


State = Callable[[Conditions], AbstractContextManager[None]]


@contextmanager
def _set(conditions: Conditions, **changes: object) -> Iterator[None]:
    for name, value in changes.items():
        setattr(conditions, name, value)
    yield


def _killed(seconds: float) -> State:
    return lambda conditions: _set(conditions, killed_after=seconds)


def _clock(hours: float) -> State:
    return lambda conditions: _set(conditions, shift=timedelta(hours=hours))


@contextmanager
def _no_space(conditions: Conditions) -> Iterator[None]:
    database = conditions.folder / "firstseen.db"
    conditions.largest_file = database.stat().st_size // 4096 * 4096
    yield


@contextmanager
def _no_database(conditions: Conditions) -> Iterator[None]:
    files = list(conditions.folder.glob("firstseen.db*"))
    for path in files:
        path.rename(path.with_name(f"away-{path.name}"))
    yield
    for path in files:
        path.with_name(f"away-{path.name}").rename(path)


def _sources(change: Callable[[str], str]) -> State:
    @contextmanager
    def state(conditions: Conditions) -> Iterator[None]:
        files = list((conditions.folder / "sources").glob("*.toml"))
        before = {path: path.read_text(encoding="utf-8") for path in files}
        for path, text in before.items():
            path.write_text(change(text), encoding="utf-8")
        yield
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")

    return state


def _nothing_included(text: str) -> str:
    return re.sub(r"(?m)^include = .*\n", "", text) + 'include = ["/no-such-folder/"]\n'


def _proxy_away(conditions: Conditions) -> AbstractContextManager[None]:
    return _set(conditions, variables={"FIRSTSEEN_FETCH_PROXY": PROXY_OF_NOBODY})


OUR_STATES: dict[str, State] = {
    "killed at once": _killed(0.4),
    "filter that lets nothing through": _sources(_nothing_included),
    "killed while it works": _killed(1.2),
    "disk full": _no_space,
    "proxy away": _proxy_away,
    "database away": _no_database,
    "clock set back": _clock(-5.0),
    "sources disabled": _sources(lambda text: "enabled = false\n" + text),
    "clock ahead": _clock(20.0),
    "killed later": _killed(2.0),
}
