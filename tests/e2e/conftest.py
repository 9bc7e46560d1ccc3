"""What the end-to-end tests share: one demonstration."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.running import Done, firstseen


@dataclass(frozen=True)
class Demonstration:
    """A finished `firstseen demo`: its workspace and how it went."""

    folder: Path
    done: Done
    seconds: float


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """One finished demonstration; a test that changes its workspace copies it."""
    folder, began = tmp_path_factory.mktemp("demo") / "my demo", time.monotonic()
    done = firstseen("demo", "--dir", "my demo", cwd=folder.parent)
    return Demonstration(folder, done, time.monotonic() - began)
