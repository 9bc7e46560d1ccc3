"""The browser of the tests that need one, and what is left of it in the process table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.middlewares.rendering_search import NoBrowser, find_browser


def need_browser() -> Path:
    """Return the browser a crawl would start; without one skip the test, or fail it in CI."""
    try:
        return find_browser("", environ=os.environ, home=Path.home())
    except NoBrowser as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI renders in a real browser: {error}")
        pytest.skip(str(error))


def processes_of(pid: int, folder: Path) -> set[int]:
    """Return the living descendants of a process, and whatever else was started below ``folder``.

    A browser's crash handler leaves its parent, but keeps the home it was given.
    """
    parents, marked = {}, set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if state in "ZX":
                continue
            parents[int(entry.name)] = int(parent)
            if str(folder).encode() in (entry / "environ").read_bytes():
                marked.add(int(entry.name))
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return (found | marked) - {pid, os.getpid()}


def name_of(pid: int) -> str:
    """Return the name of a process's program, "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """Return the process that started a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def browser_pid(pids: set[int]) -> int:
    """Return the browser's own process among its children and its driver."""
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--remote-debugging-pipe" in words and not any(w.startswith(b"--type=") for w in words):
            return pid
    raise LookupError("no browser is running")
