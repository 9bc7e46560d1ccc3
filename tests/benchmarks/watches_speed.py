"""Prints how many articles a second many watches can be put to: ``python -m`` this file."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from pipelines.watches.index import WatchIndex
from pipelines.watches.parsing import parse_watch
from pipelines.word_spans import text_words

TEXTS = Path(__file__).parents[3] / "shared" / "copies" / "copies_real.jsonl"


def articles() -> list[dict[str, Any]]:
    """Return real articles in the shape a watch reads."""
    with TEXTS.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        {"headline": row["title"], "description": "", "article_body": row["text"], "source": "x"}
        for row in rows
    ]


def queries(count: int, several: list[dict[str, Any]], *, seed: int = 1) -> dict[str, str]:
    """Return watches as analysts write them, of words drawn from the texts.

    Names and rare words lead; each watch has two or three parts, so that it is selective.
    """
    rng = random.Random(seed)
    seen: dict[str, int] = {}
    for article in several:
        for word in set(text_words(article["article_body"])):
            if len(word) > 3:
                seen[word] = seen.get(word, 0) + 1
    rare = sorted(word for word, found in seen.items() if found <= len(several) // 50)
    usual = sorted(word for word, found in seen.items() if found > len(several) // 50)
    made = {}
    for number in range(count):
        a, b, c = rng.choice(rare), rng.choice(rare), rng.choice(usual)
        made[f"w{number}"] = rng.choice(
            (
                f"{a} AND {c}",
                f'"{a} {c}"',
                f"({a} OR {b}) {c} -{rng.choice(usual)}",
                f"{a} NEAR/8 ({c} OR {b})",
                f"title:{a} OR ({b} AND {c}*)",
                f"!{a.title()} {c}",
                f"{a}* AND ({b} OR {c})",
                f"{a} lang:en source:x",
            )
        )
    return made


def measure(count: int, several: list[dict[str, Any]]) -> dict[str, float]:
    """Return articles per second of CPU, hits per article, and the seconds to build the index."""
    asked = queries(count, several)
    begin = time.process_time()
    trees = {name: parse_watch(query) for name, query in asked.items()}
    parsed = time.process_time()
    index = WatchIndex(trees)
    built = time.process_time()
    rounds = 2
    hits = sum(len(index.matching(article)) for _ in range(rounds) for article in several)
    ended = time.process_time()
    return {
        "watches": count,
        "parse_s": parsed - begin,
        "build_s": built - parsed,
        "articles_per_s": rounds * len(several) / (ended - built),
        "hits_per_article": hits / rounds / len(several),
    }


def main() -> None:
    """Print one line per number of watches."""
    several = articles()
    for count in (1_000, 10_000):
        figures = measure(count, several)
        print(" ".join(f"{key}={value:.4g}" for key, value in figures.items()))


if __name__ == "__main__":
    sys.exit(main())
