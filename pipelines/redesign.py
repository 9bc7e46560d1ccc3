"""What changes on several articles of a source within a day is the site's, and edits none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipelines.fingerprint import fingerprint
from pipelines.items import ArticleItem
from pipelines.revisions import Wording, classify_change
from pipelines.site_words import Piece, SiteWords, changed_pieces, line_pieces
from pipelines.storage.copies import remember_text
from pipelines.storage.models import Article, Revision
from pipelines.storage.search_index import index_article
from pipelines.storage.site_words import (
    TOGETHER,
    articles_changed_alike,
    changed_lately,
    learn_site_words,
    site_words_of,
)
from pipelines.storage.watch_models import Alert
from pipelines.storage.withdraw import withdraw_untold


def learn_from_change(
    session: Session, article: Article, old: Wording, new: Wording, at: datetime
) -> SiteWords | None:
    """Return the site's words where this change has shown what they are; None: it has not.

    The articles in which they changed before are no longer edited: their wordings are taken back,
    with the alerts that nobody was sent yet.
    """
    alike = articles_changed_alike(session, article, changed_pieces(old, new), at)
    return _learn(session, article, alike, at) if alike else None


def learn_from_beside(session: Session, article: Article, item: ArticleItem, at: datetime) -> None:
    """Learn the site's words from paragraphs that a page shows outside its text.

    Reading soon knows what repeats on a site's pages and leaves it out: then the first articles
    to which it came are the only ones that changed. Where others show the same beside their text
    it was no edit of those either.
    """
    body = item.article_body.split("\n")
    beside = line_pieces(line for line in item.lines_beside if line not in body)
    known = changed_lately(session, article.source_id, beside, at)
    alike = articles_changed_alike(session, article, known, at) if known else {}
    if alike:
        _learn(session, article, alike, at)


def _learn(
    session: Session, article: Article, alike: Mapping[Piece, set[int]], at: datetime
) -> SiteWords:
    learn_site_words(session, article.source_id, alike.keys(), at)
    words = site_words_of(session, article.source_id)
    for article_id in sorted(set().union(*alike.values())):
        other = session.get(Article, article_id)
        if other is not None:
            _take_back_edits(session, other, words, at)
    return words


def _take_back_edits(session: Session, article: Article, words: SiteWords, at: datetime) -> None:
    """Undo the latest wordings of an article that differ from those before in the site's words."""
    query = select(Revision).where(Revision.article_id == article.id)
    rows = list(session.scalars(query.order_by(Revision.number.desc()).limit(5)))
    for last, before in pairwise(rows):
        pair = words.apart(_wording(before), _wording(last))
        if last.observed_at < at - TOGETHER or classify_change(*pair).kind != "trivial":
            return
        if (article.headline, article.text_hash) == (last.headline, last.text_hash):
            _restore(session, article, before)
        _withdraw_alerts(session, article, last, at)
        before.last_seen_at = last.last_seen_at
        session.delete(last)
        session.flush()


def _wording(row: Revision) -> Wording:
    return Wording(row.headline, row.article_body)


def _restore(session: Session, article: Article, row: Revision) -> None:
    names = ("headline", "description", "article_body")
    replaced = Article(**{name: getattr(article, name) for name in names})
    for name in (*names, "text_hash"):
        setattr(article, name, getattr(row, name))
    index_article(session, article, replaced=replaced)
    remember_text(session, article, fingerprint(row.article_body))


def _withdraw_alerts(session: Session, article: Article, edit: Revision, at: datetime) -> None:
    """Take back what an edit raised, also for watches that its words answered first."""
    reason = f"edit {article.id}.{edit.number}"
    of_edit = Alert.reason == reason
    came_by_it = (Alert.reason == "new") & (Alert.raised_at >= edit.observed_at)
    withdraw_untold(session, (Alert.article_id == article.id) & (of_edit | came_by_it))
    # What was sent stays told; the next edit has its number, and is to be told as well.
    session.execute(
        update(Alert).where(of_edit).values(reason=f"{reason} of the site {at:%Y%m%dT%H%M%S}")
    )
