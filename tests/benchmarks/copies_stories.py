"""BCubed and speed of stories: python -m tests.benchmarks.copies_stories"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from pipelines.stories import StoryIndex
from tests.benchmarks.adapters import story_groups
from tests.benchmarks.copies_texts import rows, scorer


def measure(kind: str) -> dict[str, float]:
    """``kind`` is ecb or titles."""
    articles = rows(f"stories_{kind}.jsonl")
    figures: dict[str, float] = scorer().score(articles, story_groups(articles))
    return figures


def speed(window: int = 20_000, timed: int = 2_000) -> float:
    """Articles per second of CPU against a full window, every third about a known event."""
    chosen = random.Random(1)
    index = StoryIndex()
    gap = timedelta(hours=72) / window
    at = datetime(2026, 1, 1, tzinfo=UTC)
    articles = [newsroom_article(chosen, window // 3) for _ in range(timed)]
    for number in range(window):
        at += gap
        headline, body = newsroom_article(chosen, window // 3)
        index.assign(number, headline, body, seen_at=at, new_story_id=number)
    started = time.process_time()
    for number, (headline, body) in enumerate(articles, start=window):
        at += gap
        index.assign(number, headline, body, seen_at=at, new_story_id=number)
    return timed / (time.process_time() - started)


def newsroom_article(chosen: random.Random, events: int) -> tuple[str, str]:
    """An article of 300 words: a quarter from its event's own words, the rest from the language.

    Words are drawn as in real text, the hundredth a hundred times rarer than the first.
    """
    event = random.Random(chosen.randrange(events))
    own = [f"e{event.randrange(60_000)}" for _ in range(25)]
    common = [f"w{int(30_000 ** chosen.random())}" for _ in range(225)]
    words = common + chosen.choices(own, k=75)
    chosen.shuffle(words)
    return " ".join(chosen.choices(own, k=5) + common[:4]), " ".join(words)


def main() -> None:
    for kind in ("ecb", "titles"):
        figures = measure(kind)
        names = ("b3_p", "b3_r", "b3_f1", "pred_clusters", "gold_clusters")
        print(kind, *(f"{name}={figures[name]:.4f}" for name in names))
    print(f"articles/s of CPU against a window of 20,000: {speed():,.0f}")


if __name__ == "__main__":
    main()
