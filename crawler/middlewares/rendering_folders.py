"""The folders that browsers live in, and the removal of those whose owner was killed."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

_PREFIX = "firstseen-browser-"
# The owner's process and when it started: process numbers come again.
_NAME = re.compile(rf"{_PREFIX}(\d{{1,10}})-(\d{{1,20}})-[\w]+")


def new_folder() -> Path:
    """Return a new folder of this process, which nobody else may look into."""
    owner = os.getpid()
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{owner}-{_started(owner) or 0}-"))


def remove_abandoned(parent: Path) -> int:
    """Remove the folders of our own user whose process is gone; return how many.

    Everybody may write to a folder like /tmp: what is a link, or belongs to another user, is left
    alone. The names are ours to read only, so nothing else in there is touched.
    """
    removed = 0
    with os.scandir(parent) as entries:
        for entry in entries:
            if (found := _NAME.fullmatch(entry.name)) is None or not _is_own_folder(entry):
                continue
            if not _lives(int(found[1]), int(found[2])):
                # Safe against links put there meanwhile: rmtree does not follow them (it opens each
                # folder without following, where the system can).
                shutil.rmtree(entry.path, ignore_errors=True)
                removed += not os.path.lexists(entry.path)
    return removed


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _lives(pid: int, started: int) -> bool:
    """Return whether the very process lives; where /proc does not tell, any of its number."""
    if (now := _started(pid)) is not None:
        return not started or now == started
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _started(pid: int, proc: Path = Path("/proc")) -> int | None:
    """Return when a process started, in clock ticks since boot (proc(5)); None if unknown."""
    try:
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return int(fields[19])
    except (OSError, ValueError, IndexError):
        return None
