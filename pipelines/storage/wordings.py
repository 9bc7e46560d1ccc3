"""The wordings of some articles, in the pairs that a reader compares."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Revision, Source


def latest_edits(
    session: Session, article_ids: Collection[int], *, most: int = 6
) -> list[tuple[Revision, Revision]]:
    """Return the newest steps from one wording to the next, the newest first."""
    numbers = (
        select(Revision.article_id, Revision.number)
        .where(Revision.article_id.in_(list(article_ids)), Revision.number > 1)
        .order_by(Revision.observed_at.desc())
        .limit(most)
    )
    wanted = {(article_id, number) for article_id, number in session.execute(numbers)}
    query = (
        select(Revision)
        .where(Revision.article_id.in_({article_id for article_id, _ in wanted}))
        .order_by(Revision.article_id, Revision.number)
    )
    rows = session.scalars(query).all()
    steps = [
        (before, after)
        for before, after in pairwise(rows)
        if before.article_id == after.article_id and (after.article_id, after.number) in wanted
    ]
    return sorted(steps, key=lambda step: step[1].observed_at, reverse=True)


def article_with_source(session: Session, article_id: int) -> tuple[Article, Source] | None:
    """Return an article and its source, None where there is none."""
    query = select(Article, Source).join(Source).where(Article.id == article_id)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None
