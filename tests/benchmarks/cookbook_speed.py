"""Prints how long each question of the cookbook takes on a large archive.

    python -m tests.benchmarks.cookbook_speed sqlite:///FOLDER/million.db [postgresql://...]

The archive is made by ``tests.benchmarks.desk_volume``. Periods are the seven days before its
newest article; the story is its largest, the hardest case. Each question is asked three times;
"first" is as an analyst meets it, "best" is with what it reads in memory. CPU is this process's,
so SQLite's: on a busy machine it tells more than the clock.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime, timedelta

from pipelines.storage.columns import utc_text
from pipelines.storage.cookbook import COOKBOOK
from pipelines.storage.database import shown_url
from pipelines.storage.read_only import ask

BAR_SECONDS = 2.0
_TIMES = 3
_LIMIT_SECONDS = 120.0


def values_for(url: str) -> dict[str, str]:
    """Return what to ask for: the hardest story, a copied article, a usual source."""

    def one(query: str) -> str:
        with ask(url, query) as answer:
            return str(next(answer.rows)[0])

    newest = one("SELECT max(first_seen_at) FROM articles")
    since = datetime.fromisoformat(newest) - timedelta(days=7)
    return {
        "since": utc_text(since),
        "story": one(
            "SELECT story_id FROM articles GROUP BY story_id ORDER BY count(*) DESC LIMIT 1"
        ),
        "article": one("SELECT copy_of_id FROM articles WHERE copy_of_id IS NOT NULL LIMIT 1"),
        "source": one("SELECT slug FROM sources ORDER BY id LIMIT 1"),
        "agency": "Reuters",
        "publishers": "3",
    }


def measure(url: str, name: str, values: dict[str, str]) -> tuple[int, float, float, float]:
    """Return rows, seconds of the first and of the best time, CPU seconds of the best."""
    rows, took = 0, []
    for _ in range(_TIMES):
        begin, busy = time.perf_counter(), time.process_time()
        with ask(url, COOKBOOK[name][2], values, seconds=_LIMIT_SECONDS) as answer:
            rows = sum(1 for _ in answer.rows)
        took.append((time.perf_counter() - begin, time.process_time() - busy))
    best = min(took)
    return rows, took[0][0], best[0], best[1]


def main() -> None:
    """Print one table per database; end with 1 when a question takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("urls", nargs="+", metavar="URL")
    slow = 0
    for url in parser.parse_args().urls:
        values = values_for(url)
        print(f"\n{shown_url(url)}, since {values['since']}, story {values['story']}\n")
        print("| question | rows | first s | best s | CPU s |\n|---|---|---|---|---|")
        for name in COOKBOOK:
            rows, first, best, busy = measure(url, name, values)
            slow += best > BAR_SECONDS
            print(f"| {name} | {rows} | {first:.2f} | {best:.2f} | {busy:.2f} |", flush=True)
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
