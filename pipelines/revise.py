"""Step 2: is this another wording of a stored article, and what changed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.copies import compare
from pipelines.fingerprint import Fingerprint, fingerprint, text_hash
from pipelines.items import ArticleItem
from pipelines.storage.models import Article, Revision
from pipelines.storage.search import index_article
from pipelines.wording import known_time, wording

RevisionKind = Literal["edit", "replaced"]

#: Below this share of common text a page holds something else now: another article, a notice.
_LEFT_OF_THE_TEXT = 0.2


@dataclass(frozen=True, slots=True)
class Change:
    """How a wording differs from the one before it."""

    kind: RevisionKind
    headline_changed: bool
    correction_added: bool


def change_of(
    session: Session, article: Article, item: ArticleItem, text: Fingerprint
) -> Change | None:
    """Return what changed since the last wording that was kept; None when nothing did.

    Words count, in headline and body: case, punctuation, white space and everything around the
    article (related links, counters, stamps) do not. ``text`` is the fingerprint of the new body.
    """
    last = _last_revision(session, article)
    same_text = last.text_hash == text_hash(item.article_body)
    same_headline = text_hash(last.headline) == text_hash(item.headline)
    if same_text and same_headline:
        return None
    alike = compare(text, fingerprint(last.article_body))
    is_edit = same_text or max(alike.jaccard, alike.containment) >= _LEFT_OF_THE_TEXT
    return Change(
        kind="edit" if is_edit else "replaced",
        headline_changed=not same_headline,
        correction_added=len(item.corrections) > len(article.corrections),
    )


def _last_revision(session: Session, article: Article) -> Revision:
    query = (
        select(Revision)
        .where(Revision.article_id == article.id)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return session.scalars(query).one()


def first_revision(article: Article, item: ArticleItem) -> Revision:
    """Return the row of the first wording seen."""
    return _row(article, item, number=1)


def add_revision(session: Session, article: Article, item: ArticleItem, change: Change) -> None:
    """Keep a new wording. A replaced page does not overwrite the article's last good wording."""
    row = _row(article, item, number=_last_revision(session, article).number + 1)
    row.kind = change.kind
    row.headline_changed = change.headline_changed
    row.correction_added = change.correction_added
    session.add(row)
    if change.kind == "replaced":
        return
    before = Article(
        headline=article.headline,
        description=article.description,
        article_body=article.article_body,
    )
    for name, value in wording(item).items():
        setattr(article, name, value)
    index_article(session, article, replaced=before)


def _row(article: Article, item: ArticleItem, *, number: int) -> Revision:
    return Revision(
        article_id=article.id,
        number=number,
        observed_at=known_time(item.fetched_at, item),
        headline=item.headline,
        description=item.description,
        article_body=item.article_body,
        text_hash=text_hash(item.article_body),
    )
