"""Recall, wrong merges and speed of url_key: python -m tests.benchmarks.copies_urls"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from pipelines.url_key import url_key

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "copies"


def url_pairs() -> list[dict[str, Any]]:
    with (SHARED / "urls.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure(pairs: list[dict[str, Any]]) -> dict[str, float]:
    """Recall over real and rule-made pairs, and the number of wrong merges."""
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for pair in pairs:
        kind = "different"
        if pair["same"]:
            kind = "made" if pair["kind"].endswith("(gen)") else "real"
        total[kind] += 1
        found[kind] += url_key(pair["a"]) == url_key(pair["b"])
    return {
        "recall_real": found["real"] / total["real"],
        "recall_made": found["made"] / total["made"],
        "wrong_merges": found["different"],
    }


def main() -> None:
    pairs = url_pairs()
    for name, value in measure(pairs).items():
        print(f"{name:14} {value:.4f}")
    urls = [pair[side] for pair in pairs for side in "ab"]
    started = time.process_time()
    rounds = 20
    for _ in range(rounds):
        for url in urls:
            url_key(url)
    print(f"urls/s of CPU  {rounds * len(urls) / (time.process_time() - started):,.0f}")
    for pair in pairs:
        if (url_key(pair["a"]) == url_key(pair["b"])) != pair["same"]:
            print("MERGED" if not pair["same"] else "missed", pair["kind"], pair["a"], pair["b"])


if __name__ == "__main__":
    main()
