"""What an article is about: its telling words and how much each of them counts."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.story_words import COMMON_WORDS, FUNCTION_WORDS
from pipelines.words import UNSPACED, words_of

#: Words of the body that are read: what an event is stands at the beginning.
LONGEST_BODY = 600
#: Words that make up the vector of an article; the rest hardly counts.
LONGEST_VECTOR = 60
# Pseudo-articles in which a word is taken to have been counted before the first real one. A word
# that nobody listed was in none of them, a common one in a twentieth.
_BACKGROUND = 20_000
_LARGEST_VOCABULARY = 200_000
_OFTEN = _BACKGROUND * 0.05 + 1


@dataclass(frozen=True, slots=True)
class StoryText:
    """An article as the grouping sees it: weights of its telling words, of length one.

    ``weights`` is ordered, the heaviest word first. ``words``: every different word,
    separated by spaces, for counting: one string takes a tenth of the memory.
    """

    weights: dict[str, float]
    words: str


def count_words(headline: str, body: str) -> dict[str, int]:
    """Count the telling words of an article, those of the headline twice."""
    title = words_of(headline)
    plain = Counter(words_of(body[: LONGEST_BODY * 12])[:LONGEST_BODY] + title + title)
    telling: dict[str, int] = {}
    for word, count in plain.items():
        for term in _terms[word]:
            telling[term] = telling.get(term, 0) + count
    return telling


def weigh(counts: Mapping[str, int], seen: Mapping[str, int], articles: int) -> StoryText:
    """Return the vector of an article: tf-idf of its words, the heaviest LONGEST_VECTOR.

    ``seen`` tells in how many of the ``articles`` of the window a word occurs.
    """
    all_articles, log = articles + _BACKGROUND + 1, math.log
    weights = {
        word: (1 + log(count))
        * log(all_articles / (seen.get(word, 0) + (_OFTEN if word in _COMMON else 1)))
        for word, count in counts.items()
    }
    heaviest = sorted(weights, key=lambda word: (-weights[word], word))[:LONGEST_VECTOR]
    length = math.sqrt(sum(weights[word] ** 2 for word in heaviest))
    return StoryText({word: weights[word] / length for word in heaviest}, " ".join(counts))


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the likeness of two vectors of length one, 0 to 1."""
    # fsum: the order in which a set gives its words must not change the last digit
    return math.fsum([one[word] * other[word] for word in one.keys() & other.keys()])


def terms_of(text: str) -> frozenset[str]:
    """Return the different telling words of a text, however long it is."""
    return frozenset(term for word in words_of(text) for term in _terms[word])


class _Terms(dict[str, tuple[str, ...]]):
    """The terms of a word, none for a function word; kept for the next article."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _LARGEST_VOCABULARY:
            self.clear()
        terms: tuple[str, ...] = (sys.intern(_singular(word)),)
        if not word.isascii() and UNSPACED.search(word):
            terms = tuple(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif len(word) < 2 or word in FUNCTION_WORDS:
            terms = ()
        self[word] = terms
        return terms


def _singular(word: str) -> str:
    """English and Romance plurals; other languages lose little by it."""
    if len(word) > 3 and word[-1] == "s" and word[-2] != "s":
        return word[:-1]
    return word


_COMMON = frozenset(map(_singular, COMMON_WORDS))
_terms = _Terms()
