"""What the end-to-end tests share: one demonstration, started first because it takes long."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.running import Done, start


@dataclass(frozen=True)
class Demonstration:
    """A finished `firstseen demo`: its workspace and how it went."""

    folder: Path
    done: Done
    seconds: float


@pytest.fixture(scope="session", autouse=True)
def demo_under_way(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, subprocess.Popen[str], float]]:
    """Start the demonstration; it mostly waits, so the other tests run meanwhile."""
    here = tmp_path_factory.mktemp("demo")
    process = start("demo", "--dir", "my demo", cwd=here)
    yield here / "my demo", process, time.time()
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.fixture(scope="session")
def demonstration(
    demo_under_way: tuple[Path, subprocess.Popen[str], float],
) -> Demonstration:
    """The demonstration when it has ended."""
    folder, process, began = demo_under_way
    out, err = process.communicate(timeout=90)
    # Its last write is its end: this fixture may be asked for long after.
    ended = (folder / "firstseen.db").stat().st_mtime
    return Demonstration(folder, Done(process.returncode, out, err), ended - began)
