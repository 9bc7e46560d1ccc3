"""Queries on the wordings of an article."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.operator_error import UsageError
from pipelines.storage.models import Article, Revision, Source


@dataclass(frozen=True, slots=True)
class ArticleHistory:
    """An article, its source, and its wordings, the first one first."""

    article: Article
    source: Source
    wordings: tuple[Revision, ...]

    def steps(
        self, since: int | None = None, until: int | None = None
    ) -> list[tuple[Revision, Revision]]:
        """Return what to compare: each wording with the next, or the two that are named.

        Raises UsageError for a number that is no wording of this article.
        """
        if since is None and until is None:
            return list(zip(self.wordings, self.wordings[1:], strict=False))
        known = {row.number: row for row in self.wordings}
        last = max(known)
        before = since if since is not None else max(1, (until or last) - 1)
        after = until if until is not None else last
        if missing := [number for number in (before, after) if number not in known]:
            raise UsageError(
                f"article {self.article.id} has no wording {missing[0]}; it has 1 to {last}"
            )
        return [(known[before], known[after])] if before != after else []


def article_history(session: Session, article_id: int) -> ArticleHistory:
    """Return an article with all its wordings. Raises UsageError when there is none."""
    found = session.execute(
        select(Article, Source).join(Source).where(Article.id == article_id)
    ).one_or_none()
    if found is None:
        raise UsageError(f"there is no article {article_id}; `firstseen search` shows them")
    rows = session.scalars(
        select(Revision).where(Revision.article_id == article_id).order_by(Revision.number)
    )
    return ArticleHistory(found[0], found[1], tuple(rows))
