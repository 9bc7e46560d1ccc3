"""Plays random histories of publishers whose truth is known and prints what was concluded.

``python -m tests.benchmarks.evidence_histories 10000 --from 0 --workers 2``, with ``--whole`` by
real bytes; ends with status 1 where something false was concluded, and prints the shortest history
that shows it.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.model.many import Totals, explained, in_memory, play_many

_PORTION = 100
_MOST_EXPLAINED = 5


def main() -> int:
    """Return 0 where everything that was concluded is true."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--whole", action="store_true", help="bytes, pages and texts as well")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    end = asked.first + asked.count
    portions = [range(n, min(n + _PORTION, end)) for n in range(asked.first, end, _PORTION)]
    totals = Totals()
    with ProcessPoolExecutor(asked.workers) as pool:
        for portion in pool.map(partial(_played, whole=asked.whole), portions):
            totals.add(portion)
            print(f"{totals.played} played, false: {[*totals.wrong]}", file=sys.stderr)
    print(totals.told())
    for seed in list(totals.wrong)[:_MOST_EXPLAINED]:
        print(f"\n{explained(seed, whole=asked.whole)}")
    return 1 if totals.wrong else 0


def _played(seeds: range, *, whole: bool) -> Totals:
    return play_many(seeds, in_memory(), whole=whole)


if __name__ == "__main__":
    sys.exit(main())
