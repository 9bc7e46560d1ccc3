"""Runs one adapter over some pages and writes its answers: ADAPTER PAGES OUT START END EVERY."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

from tests.benchmarks.reading_pages import html_of, load_rows


def main(adapter: str, pages: str, out: str, start: str, end: str, every: str) -> None:
    """Write one JSON line per page: id, CPU milliseconds, and the adapter's answer."""
    module, name = adapter.split(":")
    read = getattr(importlib.import_module(module), name)
    folder = Path(pages)
    rows = load_rows(folder)
    for row in rows[:5]:
        _answer(read, html_of(row, folder), row["url"])  # warm: imports and caches
    with Path(out).open("w", encoding="utf-8") as lines:
        for row in rows[int(start) : int(end) : int(every)]:
            html = html_of(row, folder)
            started = time.process_time()
            answer = _answer(read, html, row["url"])
            ms = (time.process_time() - started) * 1000
            lines.write(json.dumps({"id": row["id"], "ms": ms, **answer}, default=str) + "\n")


def _answer(read: object, html: bytes, url: str) -> dict[str, object]:
    try:
        return dict(read(html, url) or {})  # type: ignore[operator]  # an adapter is a function
    except Exception as error:  # a peer that raises gets an empty answer, and the reader a count
        return {"err": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    main(*sys.argv[1:])
