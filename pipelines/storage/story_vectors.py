"""What the grouping saw in the articles of the last days, kept for the next start."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from pipelines.storage.copy_models import StoryVector
from pipelines.story_text import StoryText

_MOST_IDS = 500  # in one query; databases bound the number of parameters


def save_vector(session: Session, article_id: int, text: StoryText, seen_at: datetime) -> None:
    """Keep the vector of a new article. The session need not be flushed."""
    heavy = list(text.weights)
    light = [word for word in text.words.split() if word not in text.weights]
    weights = array("d", text.weights.values())
    if sys.byteorder == "big":
        weights.byteswap()
    row = {"article_id": article_id, "seen_at": seen_at, "words": " ".join(heavy + light)}
    session.execute(insert(StoryVector), [row | {"weights": weights.tobytes()}])


def load_vectors(session: Session, article_ids: Collection[int]) -> Iterator[tuple[int, StoryText]]:
    """Yield the vectors of these articles; those without one are left out."""
    ids = sorted(article_ids)
    for start in range(0, len(ids), _MOST_IDS):
        query = select(StoryVector.article_id, StoryVector.words, StoryVector.weights)
        part = query.where(StoryVector.article_id.in_(ids[start : start + _MOST_IDS]))
        for article_id, words, weights in session.execute(part):
            yield article_id, _text(words, weights)


def prune_vectors(session: Session, *, before: datetime) -> None:
    """Drop the vectors of articles that left the window."""
    session.execute(delete(StoryVector).where(StoryVector.seen_at < before))


def _text(words: str, stored: bytes) -> StoryText:
    weights = array("d", stored)
    if sys.byteorder == "big":
        weights.byteswap()
    # one string per word, however many articles have it
    heavy = map(sys.intern, words.split(" ", len(weights))[: len(weights)])
    return StoryText(dict(zip(heavy, weights, strict=True)), words)
