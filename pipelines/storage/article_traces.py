"""What is known of an article beside its text: its addresses, and the section that listed it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, ArticleUrl, Section

_MOST_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class ArticleTraces:
    """``addresses`` in the order in which they were seen."""

    addresses: tuple[ArticleUrl, ...]
    section: Section | None


def article_traces(session: Session, article: Article) -> ArticleTraces:
    """Return the addresses of an article and the section that listed it first."""
    query = (
        select(ArticleUrl)
        .where(ArticleUrl.article_id == article.id)
        .order_by(ArticleUrl.first_seen_at)
        .limit(_MOST_ADDRESSES)
    )
    section = session.get(Section, article.section_id) if article.section_id else None
    return ArticleTraces(tuple(session.scalars(query)), section)
