"""Real paragraphs and titles, mixed into as many articles as a large archive holds."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from crawler.extraction.language import language_of_text
from crawler.extraction.plain_text import is_unspaced
from pipelines.storage.search import searchable

FILES = (
    "pages/truth.jsonl",
    "copies/copies_real.jsonl",
    "copies/copies_synth.jsonl",
    "copies/stories_ecb.jsonl",
    "copies/stories_titles.jsonl",
)
_SHORTEST, _LONGEST = 60, 1500  # signs of a paragraph: shorter ones are credits and captions
_SHORTEST_DENSE = 8
_CLAUSE_ENDS = re.compile(r"[\n、。「」]")
_FEWEST_TEXTS = 6  # of a language, below which its articles would all be alike


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text and the same as the search index keeps it."""

    text: str
    indexed: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The real texts of one language: whole ones as their paragraphs, and titles."""

    language: str
    bodies: tuple[tuple[Passage, ...], ...]
    titles: tuple[Passage, ...]

    def mix(self, rng: Random, themes: tuple[int, ...], length: int) -> list[Passage]:
        """Return paragraphs of about ``length`` signs, most of them of the themes' texts.

        Every fifth paragraph is any text's, so that no two mixes have the same words.
        """
        chosen, so_far = [], 0
        while so_far < length:
            theme = rng.choice(themes) if rng.random() < 0.8 else rng.randrange(len(self.bodies))
            passage = rng.choice(self.bodies[theme])
            chosen.append(passage)
            so_far += len(passage.text)
        return chosen


def read_texts(shared: Path) -> list[Texts]:
    """Return the texts of each language that has enough of them, the richest first."""
    bodies: dict[str, list[tuple[Passage, ...]]] = defaultdict(list)
    titles: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _rows(shared):
        # The files of copies say "lang", and mean the country where it is not "en".
        text = row.get("text") or ""
        known = row.get("language") or language_of_text(text)
        language = known or row.get("lang") or "en"
        if known is None and language != "en":
            continue
        paragraphs = list(_passages(text))
        if len(paragraphs) > 1:
            bodies[language].append(tuple(Passage(p, searchable(p)) for p in paragraphs))
        if title := " ".join((row.get("title") or "").split())[:200]:
            titles[language][title] = None
    found = [
        Texts(language, tuple(several), tuple(Passage(t, searchable(t)) for t in titles[language]))
        for language, several in bodies.items()
        if len(several) >= _FEWEST_TEXTS and len(titles[language]) >= _FEWEST_TEXTS
    ]
    return sorted(found, key=lambda texts: -len(texts.bodies))


def _passages(text: str) -> Iterator[str]:
    """Yield the paragraphs; of scripts without spaces, of which there is less, the clauses."""
    is_dense = is_unspaced(text)
    for line in _CLAUSE_ENDS.split(text) if is_dense else text.split("\n"):
        if len(line) >= (_SHORTEST_DENSE if is_dense else _SHORTEST):
            yield " ".join(line.split())[:_LONGEST]


def _rows(shared: Path) -> Iterator[dict[str, Any]]:
    for name in FILES:
        with (shared / name).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
