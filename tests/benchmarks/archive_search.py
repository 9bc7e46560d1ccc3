"""How long searches of a large archive take: python -m tests.benchmarks.archive_search DATABASE_URL

Prints the 50th and 95th percentile by class of query, limit 50, and the same of this process's CPU,
which on SQLite is all of the work and says more on a machine that does other things. The words are
drawn from the archive's own articles: selective ones are those that few articles have.
--seed, --queries.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.word_spans import glued_words, is_sign, text_words

SAMPLE = 400  # articles from which words are drawn
LIMIT = 50
FREQUENT = ("government", "said", "the", "president", "year")


class Words:
    """Words of a sample of the archive, and how many of its articles have each."""

    def __init__(self, session: Session, rng: Random) -> None:
        newest = session.scalar(select(func.max(Article.id))) or 0
        chosen = [rng.randint(1, newest) for _ in range(SAMPLE)]
        query = select(Article).where(Article.id.in_(chosen))
        bodies = [article.article_body for article in session.scalars(query)]
        self.texts = [words for words in map(text_words, bodies) if len(words) > 20]
        self.running = [
            list(zip(text_words(body), glued_words(body), strict=True)) for body in bodies
        ]
        self.counts = Counter(word for words in self.texts for word in set(words))
        self.slugs = list(session.scalars(select(Source.slug)))
        self._rng = rng

    def rare(self) -> str:
        """A word that at most one in a hundred articles of the sample has."""
        for _ in range(1000):
            word = self._rng.choice(self._rng.choice(self.texts))
            if self.counts[word] <= SAMPLE // 100 and len(word) > 3 and word.isalpha():
                return word
        raise SystemExit("the archive has no rare words")

    def phrase(self, length: int) -> str:
        """Words as they follow each other somewhere, one of them rare."""
        for _ in range(5000):
            words = self._rng.choice(self.texts)
            start = self._rng.randrange(len(words) - length)
            found = words[start : start + length]
            if min(self.counts[word] for word in found) <= SAMPLE // 50:
                return " ".join(found)
        raise SystemExit("the archive has no phrases")

    def signs(self) -> str | None:
        """Two to four signs of running text in a script without spaces."""
        texts = [
            words
            for words in self.running
            if len(words) > 20 and sum(is_sign(word) for word, _ in words) > len(words) / 2
        ]
        for _ in range(1000 if texts else 0):
            words, length = self._rng.choice(texts), self._rng.randint(2, 4)
            start = self._rng.randrange(len(words) - length)
            found = words[start : start + length]
            if all(is_sign(word) for word, _ in found) and all(glued for _, glued in found[:-1]):
                return "".join(word for word, _ in found)
        return None


def queries(words: Words, rng: Random) -> dict[str, Callable[[], str | None]]:
    """Return a maker of queries for each class."""

    def near() -> str:
        one, *_, two = words.phrase(rng.randint(2, 5)).split()
        return f"{one} NEAR/5 {two}"

    return {
        "rare word": words.rare,
        "phrase": lambda: f'"{words.phrase(rng.randint(2, 3))}"',
        "AND": lambda: f"{words.rare()} {rng.choice(FREQUENT)}",
        "OR": lambda: f"{words.rare()} OR {words.rare()}",
        "NEAR": near,
        "prefix": lambda: f"{words.rare()[:5]}*",
        "title:": lambda: f"title:{words.rare()}",
        "source and word": lambda: f"source:{rng.choice(words.slugs)} {words.rare()}",
        "substring (no spaces)": words.signs,
        "negation only": lambda: f"-{words.rare()}",
        "source only": lambda: f"source:{rng.choice(words.slugs)}",
        "language only": lambda: f"lang:{rng.choice(('de', 'en', 'ja', 'fi'))}",
        "frequent word": lambda: rng.choice(FREQUENT),
        "frequent words": lambda: " ".join(rng.sample(FREQUENT, 2)),
        "frequent phrase": lambda: rng.choice(
            ('"prime minister"', '"the president"', '"said the"')
        ),
    }


def measured(
    sessions: sessionmaker[Session], make: Callable[[], str | None], number: int
) -> Iterator[tuple[float, float, int, str]]:
    """Yield seconds, seconds of CPU, hits and query; the first of a class only warms up."""
    for turn in range(number + 1):
        query = make()
        if query is None:
            return
        started, worked = time.perf_counter(), time.process_time()
        with sessions() as session:
            hits = len(search_articles(session, SearchQuery(query, limit=LIMIT)))
        if turn:
            yield time.perf_counter() - started, time.process_time() - worked, hits, query


def share(seconds: Sequence[float], part: float) -> float:
    """Return the value that this part of the others does not exceed."""
    return sorted(seconds)[int((len(seconds) - 1) * part)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--queries", type=int, default=40)
    args = parser.parse_args()
    rng = Random(args.seed)
    sessions = session_factory(open_engine(args.database_url, read_only=True))
    with sessions() as session:
        words = Words(session, rng)
        print(f"{session.scalar(select(func.count(Article.id))):,} articles, limit {LIMIT}")
    print(f"{'class':24}{'p50 ms':>8}{'p95 ms':>8}{'p50 CPU':>8}{'p95 CPU':>8}{'hits':>6}  slowest")
    for name, make in queries(words, rng).items():
        found = sorted(measured(sessions, make, args.queries))
        if not found:
            print(f"{name:24}  none in this archive")
            continue
        walls, cpus, hits, _ = zip(*found, strict=True)
        figures = [share(one, at) for one in (walls, cpus) for at in (0.5, 0.95)]
        shown = "".join(f"{seconds * 1000:8.0f}" for seconds in figures)
        print(f"{name:24}{shown}{sorted(hits)[len(hits) // 2]:6}  {found[-1][-1]}", flush=True)


if __name__ == "__main__":
    main()
