"""Why the articles of a story are one story: the words they share, and how alike they are."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article
from pipelines.storage.story_vectors import load_vectors
from pipelines.stories import StoryIndex
from pipelines.story_text import StoryText, cosine

_MOST_ARTICLES = 60
_LONGEST_TEXT = 8_000  # what an event is stands at the beginning
_WORDS, _WORDS_OF_PAIR = 12, 6


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one article is in the story: the earlier one it is most like, and by which words.

    ``words`` come with their share of the likeness, 0 to 1.
    """

    article_id: int
    nearest: int
    likeness: float
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class StoryReasons:
    """``words`` are the story's heaviest with their share of it.

    ``is_live``: weighed by the days around, as when the articles joined; otherwise those days are
    no longer kept, and the words are weighed by the story's own texts.
    """

    words: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    is_live: bool


def story_reasons(session: Session, article_ids: Sequence[int]) -> StoryReasons:
    """Return why these articles, the earliest first, are one story; of at most the first sixty."""
    ids = list(article_ids)[:_MOST_ARTICLES]
    texts = dict(load_vectors(session, ids))
    is_live = len(texts) == len(ids)
    if not is_live:
        texts = _read_texts(session, ids)
    known = [article_id for article_id in ids if article_id in texts]
    return StoryReasons(
        words=_heaviest([texts[article_id] for article_id in known]),
        reasons=tuple(
            _reason(article_id, known[:number], texts)
            for number, article_id in enumerate(known)
            if number
        ),
        is_live=is_live,
    )


def _read_texts(session: Session, ids: Sequence[int]) -> dict[int, StoryText]:
    index = StoryIndex()
    query = select(Article.id, Article.headline, Article.article_body).where(Article.id.in_(ids))
    return {
        article_id: index.read(headline, body[:_LONGEST_TEXT])
        for article_id, headline, body in session.execute(query)
    }


def _heaviest(texts: Sequence[StoryText]) -> tuple[tuple[str, float], ...]:
    """The words that most of the texts have, by their weight in all of them."""
    sums: Counter[str] = Counter()
    carried: Counter[str] = Counter()
    for text in texts:
        carried.update(text.weights.keys())
        for word, weight in text.weights.items():
            sums[word] += weight  # type: ignore[assignment]  # Counter adds floats as well
    shared = {w: s for w, s in sums.items() if carried[w] > 1 or len(texts) == 1}
    total = sum(weight**2 for weight in shared.values()) or 1.0
    strongest = heapq.nlargest(_WORDS, shared, key=lambda word: (shared[word], word))
    return tuple((word, shared[word] ** 2 / total) for word in strongest)


def _reason(article_id: int, earlier: Sequence[int], texts: Mapping[int, StoryText]) -> Reason:
    mine = texts[article_id].weights
    likeness = {other: cosine(mine, texts[other].weights) for other in earlier}
    nearest = max(likeness, key=lambda other: (likeness[other], -other))
    theirs = texts[nearest].weights
    products = {word: weight * theirs[word] for word, weight in mine.items() if word in theirs}
    total = sum(products.values()) or 1.0
    strongest = heapq.nlargest(_WORDS_OF_PAIR, products, key=lambda word: (products[word], word))
    return Reason(
        article_id,
        nearest,
        likeness[nearest],
        tuple((word, products[word] / total) for word in strongest),
    )
