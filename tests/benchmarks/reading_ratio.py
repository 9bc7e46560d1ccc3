"""Measures the CPU ratio on a busy machine: two tools read each page in turn, three times.

``python -m tests.benchmarks.reading_ratio PYTHON EVERY`` with the interpreter of the peers'
environment prints the median of each tool's best readings, of every Nth page, and their ratio.
"""

from __future__ import annotations

import importlib
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.reading_pages import PAGES, html_of, load_rows

OURS = "tests.benchmarks.adapters:extract"
THEIRS = "tests.benchmarks.reading_peers:trafilatura_default"
_READINGS = 3


def in_turns(peers: str, *, every: int) -> tuple[float, float]:
    """Return the median milliseconds of firstseen and of trafilatura with metadata."""
    tools = [_started(sys.executable, OURS, every), _started(peers, THEIRS, every)]
    pages = len(load_rows(PAGES)[::every])
    best = [[float("inf")] * pages for _ in tools]
    for _ in range(_READINGS):
        for page in range(pages):
            for tool, found in zip(tools, best, strict=True):
                found[page] = min(found[page], _asked(tool, page))
    for tool in tools:
        tool.communicate()
    ours, theirs = map(statistics.median, best)
    return ours, theirs


def _started(python: str, adapter: str, every: int) -> subprocess.Popen[str]:
    command = [python, "-m", "tests.benchmarks.reading_ratio", "--serve", adapter, str(every)]
    return subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _asked(tool: subprocess.Popen[str], page: int) -> float:
    assert tool.stdin is not None
    assert tool.stdout is not None
    tool.stdin.write(f"{page}\n")
    tool.stdin.flush()
    return float(tool.stdout.readline())


def serve(adapter: str, every: int) -> None:
    """Answer each number of a page on standard input with the milliseconds its reading took."""
    module, name = adapter.split(":")
    read = getattr(importlib.import_module(module), name)
    rows = load_rows(PAGES)
    for row in rows[:5]:
        read(html_of(row), row["url"])  # imports and caches
    rows = rows[::every]
    for line in sys.stdin:
        row = rows[int(line)]
        html = html_of(row)
        started = time.process_time()
        read(html, row["url"])
        print((time.process_time() - started) * 1000, flush=True)


def main() -> None:
    """Serve one tool, or measure both and print."""
    if sys.argv[1] == "--serve":
        serve(sys.argv[2], int(sys.argv[3]))
        return
    ours, theirs = in_turns(sys.argv[1], every=int(sys.argv[2]))
    print(sentence(ours, theirs))


def sentence(ours: float, theirs: float) -> str:
    """Return the result in words."""
    return (
        f"Each page read in turn, the best of three readings, median: {ours:.1f} ms against "
        f"{theirs:.1f} ms, ratio {ours / theirs:.2f}."
    )


if __name__ == "__main__":
    main()
