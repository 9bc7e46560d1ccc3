"""What a daemon must not do: keep every crawl it ever ran."""

from __future__ import annotations

import re
import subprocess
import sys


def test_ended_crawls_are_forgotten() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.daemon_soak", "--cycles", "6"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)

    kept = re.findall(r"'crawls': (\d+)", done.stdout)
    handles = [float(found) for found in re.findall(r"'handles': ([\d.]+)", done.stdout)]

    assert len(kept) >= 6
    assert set(kept) == {"0"}
    assert handles[-1] - handles[1] <= 6  # a database connection of a thread may be open just now
