"""Runs commands one after another in children of one process, at a time that is told to it.

Loading the program takes longer than one of the exam's looks; so it is loaded once, under
libfaketime, and forked for each command.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from tests.e2e.running import REPOSITORY, Done, environment

LIBRARY = next(Path("/usr").glob("lib*/**/faketime/libfaketime.so.1"), None)

_LOADED_LATE = (
    *("aiohttp", "apprise", "scrapy.dupefilters", "scrapy.extensions.closespider"),
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.core.downloader.handlers.http11",
)


class Commands:
    """A process that runs commands of ours; a context manager. ``folder`` takes what they say."""

    def __init__(self, folder: Path) -> None:
        """Start nothing yet."""
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        fake = {"LD_PRELOAD": str(LIBRARY), "FAKETIME": "+0", "DONT_FAKE_MONOTONIC": "1"}
        fake |= {"FAKETIME_CACHE_DURATION": "1", "NO_FAKE_STAT": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.moods.commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env=environment(fake),
            encoding="utf-8",
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(30)

    def run(
        self,
        *words: str,
        ahead: timedelta,
        variables: Mapping[str, str] | None = None,
        largest_file: int | None = None,
        killed_after: float | None = None,
    ) -> Done:
        """Run one subcommand, with our clock so much ahead of the machine's.

        ``largest_file``: bytes that a file of it may have; ``killed_after``: seconds.
        """
        out, err = self._folder / "out", self._folder / "err"
        asked: dict[str, object] = {"words": words, "ahead": int(ahead.total_seconds())}
        asked |= {"variables": dict(variables or {}), "out": str(out), "err": str(err)}
        asked |= {"largest_file": largest_file, "killed_after": killed_after}
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("not entered")
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        status = int(process.stdout.readline())
        return Done(status, out.read_text("utf-8"), err.read_text("utf-8"))


def _serve() -> None:
    """Take commands from standard input until it ends."""
    from crawler.cli import main

    _load_all()
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ["FAKETIME"] = f"{asked['ahead']:+d}"
        select.select([], [], [], 1.05)  # libfaketime reads it anew once a second
        time.time()
        child = os.fork()
        if child == 0:
            _become(asked, main)
        if asked["killed_after"]:
            select.select([], [], [], asked["killed_after"])
            os.kill(child, signal.SIGKILL)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


def _load_all() -> None:
    """Load for all children what the commands would load for themselves."""
    for package in ("crawler", "pipelines"):
        for found in pkgutil.walk_packages([str(REPOSITORY / package)], f"{package}."):
            if "demo" not in found.name and not found.name.endswith("__main__"):
                with contextlib.suppress(ImportError):  # of extras that are not installed
                    importlib.import_module(found.name)
    for name in _LOADED_LATE:
        importlib.import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor was made that children would share")


def _become(asked: dict[str, Any], main: Callable[[list[str]], int]) -> NoReturn:
    """Be the command that is asked for."""
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.update(asked["variables"])
    if asked["largest_file"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"],) * 2)
    status = 1
    try:
        status = main(asked["words"])
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
