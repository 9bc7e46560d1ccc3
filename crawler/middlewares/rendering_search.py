"""Finds the browser: the configured one, Playwright's own, then what the system has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from crawler.middlewares.outcomes import FetchFailure

#: What Debian, Ubuntu and Google call it.
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_ADVICE = (
    "install Debian's or Ubuntu's `chromium` package, or run `playwright install chromium`, "
    "or name a browser with fetch.browser in firstseen.toml"
)
# Below the folder of one revision, by system; the headless shell starts faster than the whole.
_PLAYWRIGHT_PATHS = (
    "chromium_headless_shell-*/chrome-*/*headless*shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


class NoBrowser(FetchFailure):
    """A page needs a browser and there is none; the message says what to install."""

    outcome = "no-browser"


def find_browser(
    configured: str,
    *,
    environ: Mapping[str, str],
    home: Path,
    which: Callable[[str], str | None] = shutil.which,
) -> Path:
    """Return the browser to start, without starting anything. Raises NoBrowser.

    ``configured`` is fetch.browser: a path, or a name on the PATH; when it is set nothing else is
    tried.
    """
    if configured:
        found = which(str(Path(configured).expanduser()))
        if found is None:
            raise NoBrowser(f"fetch.browser = {configured!r} is not a program; {INSTALL_ADVICE}")
        return Path(found)
    for folder in _playwright_folders(environ, home):
        for pattern in _PLAYWRIGHT_PATHS:
            usable = [p for p in folder.glob(pattern) if p.is_file() and os.access(p, os.X_OK)]
            if usable:
                return max(usable, key=lambda path: path.stat().st_mtime)  # the newest revision
    for name in SYSTEM_NAMES:
        if found := which(name):
            return Path(found)
    raise NoBrowser(f"no browser found; {INSTALL_ADVICE}")


def _playwright_folders(environ: Mapping[str, str], home: Path) -> list[Path]:
    named = environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if named and named != "0":
        return [Path(named)]
    return [home / ".cache/ms-playwright", home / "Library/Caches/ms-playwright"]
