"""One browser per process, started when the first page needs it and gone with the last crawl."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Self
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, Playwright, async_playwright

from crawler.middlewares import rendering_launcher
from crawler.middlewares.outcomes import FetchFailure
from crawler.middlewares.rendering_folders import new_folder, remove_abandoned
from crawler.middlewares.rendering_search import NoBrowser

logger = logging.getLogger(__name__)

PAGES_PER_BROWSER = 100  # then a fresh one: what scripts leave behind adds up
_END_SECONDS = 5.0
_WATCH_SECONDS = 1.0
_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")

# The browser has no business on the network: all it shows is handed to it. Three locks, any one of
# which is enough, beside the network of its own that rendering_launcher.py gives it.
_NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing resolves, addresses included
    "--proxy-server=http://no-network.invalid:80",  # all TCP goes through a proxy that is not there
    "--proxy-bypass-list=<-loopback>",  # also to this machine
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
)
_QUIET = (
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-remote-fonts",
    "--mute-audio",
    "--js-flags=--max-old-space-size=384",  # MB of one page's scripts; more ends the page
    "--renderer-process-limit=4",
)


class BrowserGone(FetchFailure):
    """The browser ended while a page was open."""

    outcome = "render-failed"


@dataclass(slots=True, eq=False)
class RunningBrowser:
    """One started browser and what it has done so far. ``lost`` is set by who notices first."""

    browser: Browser
    folder: Path
    pid: int
    open_pages: int = 0
    served: int = 0
    lost: bool = False  # Playwright does not tell when its driver died
    watch: asyncio.Task[None] | None = None

    @property
    def usable(self) -> bool:
        """Whether it may render another page."""
        return not self.lost and self.browser.is_connected() and self.served < PAGES_PER_BROWSER


def launch_arguments() -> list[str]:
    """Return the browser's command-line arguments, the same for every page."""
    return [*_NO_NETWORK, *_QUIET]


def tree_memory(root: int, proc: Path = Path("/proc")) -> dict[int, int]:
    """Return the private resident bytes of a process and its descendants, by process id.

    Empty where /proc does not tell.
    """
    children: dict[int, list[int]] = {}
    private: dict[int, int] = {}
    for entry in proc.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):  # processes end while they are counted
            fields = (entry / "stat").read_text().rpartition(")")[2].split()  # proc(5)
            resident, shared = (entry / "statm").read_text().split()[1:3]
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            private[int(entry.name)] = (int(resident) - int(shared)) * _PAGE_SIZE
    tree, queue = {}, [root]
    while queue:
        pid = queue.pop()
        tree[pid] = private.get(pid, 0)
        queue += children.pop(pid, [])
    return tree


def process_to_end(tree: dict[int, int], root: int, proc: Path = Path("/proc")) -> int:
    """Return the process that shows the greediest page; the browser itself where none is found."""
    for pid in sorted(tree, key=lambda pid: tree[pid], reverse=True):
        with suppress(OSError):
            if b"--type=renderer" in (proc / str(pid) / "cmdline").read_bytes():
                return pid
    return root


@dataclass(eq=False)
class SharedBrowser:
    """The browser of an event loop: shared by its crawls, with a bound on open pages and memory."""

    most_pages: int
    memory_bytes: int
    users: int = 0
    _playwright: Playwright | None = None
    _current: RunningBrowser | None = None
    _running: set[RunningBrowser] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.most_pages)

    @classmethod
    def join(cls, *, most_pages: int, memory_bytes: int) -> Self:
        """Return the browser of the running loop, to be left again; the first one sets the caps."""
        loop = asyncio.get_running_loop()
        if loop not in _BROWSERS:
            _BROWSERS[loop] = cls(most_pages, memory_bytes)
        shared = _BROWSERS[loop]
        shared.users += 1
        assert isinstance(shared, cls)
        return shared

    async def leave(self) -> None:
        """End browser and driver when nobody else uses them."""
        self.users -= 1
        if self.users <= 0:
            _BROWSERS.pop(asyncio.get_running_loop(), None)
            async with self._lock:
                await self._stop()

    @asynccontextmanager
    async def page_slot(self, program: Path) -> AsyncIterator[RunningBrowser]:
        """Wait for room for one more page and yield a browser that runs.

        Raises NoBrowser when it does not start.
        """
        async with self._slots:
            async with self._lock:
                running = await self._running_browser(program)
                running.open_pages += 1
                running.served += 1
            try:
                yield running
            finally:
                running.open_pages -= 1
                if not running.open_pages and not running.usable:
                    await self._end(running)

    async def _running_browser(self, program: Path) -> RunningBrowser:
        if self._current is not None and self._current.usable:
            return self._current
        if self._current is not None and not self._current.open_pages:
            await self._end(self._current)
        self._current = None
        # Once more because the driver may have died with an earlier browser; then without a network
        # of its own, which not every system allows to make.
        for network in ("apart", "apart", "shared"):
            try:
                self._current = await self._launch(program, network)
            except Exception as error:
                failure = error
                logger.info("browser not started, trying again: %s", _first_line(error))
                await self._stop()
            else:
                return self._current
        raise NoBrowser(f"{program} does not start: {_first_line(failure)}") from failure

    async def _launch(self, program: Path, network: str) -> RunningBrowser:
        if self._playwright is None:
            await asyncio.to_thread(remove_abandoned, Path(gettempdir()))
            self._playwright = await async_playwright().start()
        folder = new_folder()
        try:
            browser = await self._playwright.chromium.launch(
                executable_path=_wrapper(folder, program, network),
                args=launch_arguments(),
                # Debian's sandbox refuses to run as root; everybody else has it.
                chromium_sandbox=os.geteuid() != 0,
                # Its own home, and none of our variables: they may hold passwords.
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)},
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=20_000,
            )
            pid = int((folder / "pid").read_text())
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        running = RunningBrowser(browser, folder, pid)
        running.watch = asyncio.ensure_future(self._watch(running))
        self._running.add(running)
        logger.info("browser started pid=%d program=%s", pid, program)
        return running

    async def _watch(self, running: RunningBrowser) -> None:
        """End the greediest page when the browser takes more memory than it may."""
        while running.browser.is_connected():
            await asyncio.sleep(_WATCH_SECONDS)
            if running.open_pages:
                tree = await asyncio.to_thread(tree_memory, running.pid)
                if (used := sum(tree.values())) > self.memory_bytes:
                    pid = process_to_end(tree, running.pid)
                    logger.warning("page ended pid=%d: browser uses %d MB", pid, used >> 20)
                    _kill(pid)

    async def _end(self, running: RunningBrowser) -> None:
        if running not in self._running:
            return
        self._running.discard(running)
        if running is self._current:
            self._current = None
        if running.watch is not None:
            running.watch.cancel()
        connected = running.browser.is_connected()
        with suppress(Exception):  # what does not close is killed below
            await asyncio.wait_for(running.browser.close(), _END_SECONDS)
        if connected and running.browser.is_connected():
            _kill(running.pid)
        shutil.rmtree(running.folder, ignore_errors=True)
        logger.info("browser ended pid=%d pages=%d", running.pid, running.served)

    async def _stop(self) -> None:
        for running in list(self._running):
            await self._end(running)
        if self._playwright is not None:
            with suppress(Exception):  # a driver that is gone cannot be told to go
                await asyncio.wait_for(self._playwright.stop(), _END_SECONDS)
            self._playwright = None


_BROWSERS: WeakKeyDictionary[asyncio.AbstractEventLoop, SharedBrowser] = WeakKeyDictionary()


def _wrapper(folder: Path, program: Path, network: str) -> Path:
    """Write what Playwright starts in place of the browser, and return it."""
    path = folder / "browser"
    command = [sys.executable, "-IS", rendering_launcher.__file__]
    command += [str(folder / "pid"), network, str(program)]
    quoted = " ".join("'" + part.replace("'", "'\\''") + "'" for part in command)
    path.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
    path.chmod(0o700)
    return path


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _first_line(error: Any) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0][:200]
