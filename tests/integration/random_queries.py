"""Random queries of the watch language, made of the words of given texts."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from pipelines.word_spans import text_words
from tests.unit.watches import naive

FACTS = (
    *("source:valley-post", "source:harbour-courier", "country:NO", "country:us", "lang:en"),
    *("lang:de", "lang:ja", "after:2026-11-21", "before:2026-11-21", "before:2026", "gone:"),
    *("domain:valleypost.example", "domain:courier.example"),
)
_MARKS = "„“”«».,:״"
_NO_QUOTES = dict.fromkeys(map(ord, '„“”«»"*״'), " ")


class RandomQueries:
    """Queries whose words stand in ``lines``; the same ``rng``, the same queries."""

    def __init__(self, lines: Sequence[str], rng: Random, facts: Sequence[str] = FACTS) -> None:
        self.lines = [line for line in lines if _chunks(line)]
        self.rng = rng
        self.facts = facts

    def word(self) -> str:
        """A word of the texts as it is written there, a beginning of one, or a piece of it."""
        rng = self.rng
        chunk = rng.choice(_chunks(rng.choice(self.lines)))
        if not text_words(chunk)[0].isascii() and len(chunk) > 4 and rng.random() < 0.7:
            start = rng.randrange(len(chunk) - 2)
            piece = chunk[start : start + rng.randint(1, 3)]
            chunk = piece if text_words(piece) else chunk
        return chunk

    def term(self) -> str:
        """A word, a phrase, a case-exact word, a prefix, or a word of one field."""
        rng, kind, word = self.rng, self.rng.random(), self.word()
        if kind < 0.15:
            words = rng.choice(self.lines).replace('"', " ").split()
            start = rng.randrange(max(1, len(words) - 2))
            phrase = " ".join(words[start : start + rng.randint(1, 3)]).translate(_NO_QUOTES)
            return f'"{phrase}"' if text_words(phrase) else f'"{word}"'
        if kind < 0.25:
            return f'!"{word}"'
        if kind < 0.35:
            stem = text_words(word)[0]
            is_stem = stem.isascii() and stem.isalnum() and len(stem) > 2
            return f"{stem[:3]}*" if is_stem else f'"{word}"'
        if kind < 0.45:
            return f'{rng.choice(("title", "body", "lead"))}:"{word}"'
        return f'"{word}"'

    def query(self, depth: int = 0) -> str:
        """A query of terms, neighbourhoods and facts, up to three operators deep."""
        rng, kind = self.rng, self.rng.random()
        if depth > 2 or kind < 0.3:
            return self.term()
        if kind < 0.45:
            one, two = self.term(), self.term()
            two = one if rng.random() < 0.3 else two  # NEAR with equal words
            both = f"({one} OR {self.term()})" if rng.random() < 0.2 else one
            return f"({both} {rng.choice(('NEAR', 'ONEAR'))}/{rng.randint(1, 12)} {two})"
        if kind < 0.55:
            return rng.choice(self.facts)
        if kind < 0.65:
            return f"NOT {self.query(depth + 1)}"
        operator = rng.choice((" ", " OR "))
        return f"({operator.join(self.query(depth + 1) for _ in range(rng.randint(2, 3)))})"


def _chunks(line: str) -> list[str]:
    chunks = (chunk.strip(_MARKS) for chunk in line.split())
    return [chunk for chunk in chunks if '"' not in chunk and text_words(chunk)]


def random_expression(words: Sequence[str], rng: Random, depth: int = 0) -> naive.Expression:
    """Return an expression of these words for the naive reading of the language."""
    kind = rng.random()
    if depth > 1 or kind < 0.4:
        if rng.random() < 0.3:
            return ("phrase", "", tuple(rng.choice(words) for _ in range(2)))
        return ("word", rng.choice(("", "", "title")), rng.choice(words), False)
    if kind < 0.7:
        one = ("word", "", rng.choice(words), False)
        two = one if rng.random() < 0.4 else ("word", "", rng.choice(words), False)
        return ("near", one, two, rng.randint(1, 6), rng.random() < 0.5)
    if kind < 0.8:
        return ("not", random_expression(words, rng, depth + 1))
    parts = tuple(random_expression(words, rng, depth + 1) for _ in range(2))
    return (rng.choice(("and", "or")), parts)
