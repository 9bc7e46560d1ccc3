"""Why two stored articles are, or are not, one story."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.copies import compare, copy_kind
from pipelines.fingerprint import fingerprint
from pipelines.operator_error import UsageError
from pipelines.storage.models import Article
from pipelines.stories import StoryIndex

_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Explanation:
    """``told`` in one line; ``words`` that the two have in common with their share of it."""

    told: str
    words: tuple[tuple[str, float], ...]


def explain_pair(session: Session, one: int, other: int) -> Explanation:
    """Return how alike two articles are and by which words, weighed by the days around them.

    Raises UsageError for a number that is no article.
    """
    articles = [session.get(Article, number) for number in (one, other)]
    first, second = articles
    if first is None or second is None:
        missing = [n for n, a in zip((one, other), articles, strict=True) if a is None]
        raise UsageError(f"there is no article {', '.join(map(str, missing))}")
    index = _index_around(session, first, second)
    match = index.explain(one, other)
    same = first.story_id is not None and first.story_id == second.story_id
    verdict = f"one story ({first.story_id})" if same else "two stories"
    kind = copy_kind(compare(fingerprint(first.article_body), fingerprint(second.article_body)))
    told = f"{verdict}; likeness {match.score:.2f}" if match else f"{verdict}; more than 72 h apart"
    told += f"; text: {kind}" if kind else "; text: each its own"
    return Explanation(told, match.terms[:_MOST_WORDS] if match else ())


def _index_around(session: Session, first: Article, second: Article) -> StoryIndex:
    index = StoryIndex()
    until = max(first.first_seen_at, second.first_seen_at)
    query = (
        select(Article)
        .where(
            Article.first_seen_at >= until - index.window,
            Article.first_seen_at <= until,
            Article.story_id.is_not(None),
        )
        .order_by(Article.first_seen_at, Article.id)
        .execution_options(yield_per=500)
    )
    for article in session.scalars(query):
        index.restore(
            article.id,
            article.headline,
            article.article_body,
            seen_at=article.first_seen_at,
            story_id=article.story_id or 0,
        )
    return index
