"""Prints how fast, and in how much memory, a large archive is exported: ``python -m`` this."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from crawler.workspace import create_workspace
from pipelines.export.columns import TABLES
from pipelines.storage.database import open_engine

FORMATS = ("csv", "jsonl", "parquet")


def rows_in(url: str, noun: str) -> int:
    """Return how many rows a table has."""
    engine = open_engine(url, read_only=True)
    with engine.begin() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {noun}").scalar_one())


def measure(url: str, workspace: Path, noun: str, form: str) -> tuple[float, float, float]:
    """Export in a process of its own; return its seconds, its peak memory and the file, in MB."""
    target = workspace / f"out.{form}"
    command = [sys.executable, "-m", "crawler.cli", "export", noun, "--format", form]
    command += ["--database-url", url, "-o", str(target), "--workspace", str(workspace)]
    began = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, sys.executable, command)
    _, status, used = os.wait4(child, 0)
    seconds = time.monotonic() - began
    if status:
        raise SystemExit(f"{noun} as {form} failed with status {os.waitstatus_to_exitcode(status)}")
    size = target.stat().st_size / 1e6
    target.unlink()
    return seconds, used.ru_maxrss / 1024, size


def main() -> None:
    """Print one line for each table and format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="database, as in sqlite:////data/million.db")
    parser.add_argument("--noun", action="append", choices=tuple(TABLES), help="default: articles")
    parser.add_argument("--folder", type=Path, help="for the files (default: the system's)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        create_workspace(Path(folder))
        for noun in asked.noun or ["articles"]:
            count = rows_in(asked.url, noun)
            for form in FORMATS:
                seconds, peak, size = measure(asked.url, Path(folder), noun, form)
                rate = count / seconds
                print(
                    f"{noun} {form}: {count} rows, {seconds:.0f} s, {rate:.0f} rows/s, "
                    f"peak {peak:.0f} MB, file {size:.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
