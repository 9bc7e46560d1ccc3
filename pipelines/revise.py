"""Step 2: is this another wording of a stored article, and what changed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.fingerprint import Fingerprint, text_hash
from pipelines.items import ArticleItem
from pipelines.revisions import RevisionChange, Wording, classify_change, wording_key
from pipelines.storage.copies import remember_text
from pipelines.storage.models import Article, Revision
from pipelines.storage.search_index import index_article
from pipelines.wording import known_time, wording
from pipelines.words import folded

#: Wordings kept of one article in a day. Looks every quarter of an hour, then every hour, see at
#: most 33; an article that changes at each of them is a ticker.
MOST_A_DAY = 24
#: A wording last seen within this time is not new when it is seen again: the servers of one site
#: show an older and a newer one in turns.
REMEMBERED = timedelta(days=7)
_A_DAY = timedelta(days=1)
_MOST_COMPARED = 50
# A text that lost at least so much, gained nothing and now asks for money was not edited.
_LEFT_BEFORE_A_WALL = 0.75


def revise(
    session: Session, article: Article, item: ArticleItem, text: Fingerprint
) -> RevisionChange | None:
    """Keep what an article reads like now; return what changed, None when it is no new wording.

    ``text`` is the fingerprint of the item's body. Layout, stamps, counters and the like make no
    wording, nor does one that was seen in the last days: it is noted as seen again. A page that
    holds something else now gives a revision and leaves the article its last good wording. Beyond
    MOST_A_DAY wordings the article takes the newest text and the revision waits for a later look.
    """
    at = known_time(item.fetched_at, item)
    rows = _latest_revisions(session, article)
    change = _change_since(rows[0], article, item)
    # Site memory grows: the same page may be read better today, and nobody edited it.
    # A new correction note counts wherever it stands: reading may keep it out of the body.
    same_page = item.page_key is not None and item.page_key == article.page_key
    if change.kind == "trivial" or (same_page and change.correction_added is None):
        rows[0].last_seen_at = at
        return None
    again = _seen_before(rows, item, at)
    if again and (change.correction_added is None or again.correction_added):
        _note_seen_again(session, article, item, text, again, rows)
        return None
    if change.kind == "edit" and _is_walled(article, item, change):
        return None
    is_full = sum(row.observed_at > at - _A_DAY for row in rows) >= MOST_A_DAY
    if not is_full:
        session.add(_row(article, item, rows[0].number + 1, change))
    if change.kind != "replaced":
        _take_wording(session, article, item, text)
    return None if is_full else change


def first_revision(article: Article, item: ArticleItem) -> Revision:
    """Return the row of the first wording seen."""
    return _row(article, item, 1)


def _latest_revisions(session: Session, article: Article) -> Sequence[Revision]:
    """The newest first; there is one at least."""
    query = select(Revision).where(Revision.article_id == article.id)
    return session.scalars(query.order_by(Revision.number.desc()).limit(_MOST_COMPARED)).all()


def _change_since(last: Revision, article: Article, item: ArticleItem) -> RevisionChange:
    """What changed since the last wording kept; whether the page was replaced, since a good one."""
    corrections = tuple(map(str, article.corrections))
    new = Wording(item.headline, item.article_body, tuple(item.corrections))
    beside = frozenset(map(folded, item.lines_beside)) - frozenset(
        map(folded, item.article_body.split("\n"))
    )
    before = _without(last.article_body, beside)
    change = classify_change(Wording(last.headline, before, corrections), new)
    if change.kind == "trivial" or last.text_hash == article.text_hash:
        return change
    good = Wording(article.headline, _without(article.article_body, beside), corrections)
    since_good = classify_change(good, new)
    return replace(change, kind="replaced" if since_good.kind == "replaced" else "edit")


def _without(body: str, beside: frozenset[str]) -> str:
    """A text without the paragraphs that the page still shows, though reading left them out now.

    Reading chooses among a page's blocks and may choose otherwise next time: teasers beside the
    article change, a release reads better. Nobody removed what is still there.
    """
    if not beside:
        return body
    return "\n".join(line for line in body.split("\n") if folded(line) not in beside)


def _seen_before(rows: Sequence[Revision], item: ArticleItem, at: datetime) -> Revision | None:
    now = wording_key(Wording(item.headline, item.article_body))
    for row in rows:
        if (row.last_seen_at or row.observed_at) < at - REMEMBERED:
            continue
        if wording_key(Wording(row.headline, row.article_body)) == now:
            return row
    return None


def _note_seen_again(
    session: Session,
    article: Article,
    item: ArticleItem,
    text: Fingerprint,
    again: Revision,
    rows: Sequence[Revision],
) -> None:
    """Note it; seen at two looks in a row, an earlier wording is the article's again."""
    latest = max(rows, key=lambda row: (row.last_seen_at or row.observed_at, row.number))
    again.last_seen_at = known_time(item.fetched_at, item)
    if latest is again and again.kind != "replaced" and article.text_hash != again.text_hash:
        _take_wording(session, article, item, text)


def _is_walled(article: Article, item: ArticleItem, change: RevisionChange) -> bool:
    """Whether a wall came down before an article that was read whole."""
    was_open = article.is_accessible_for_free is not False
    closed = was_open and item.is_accessible_for_free is False
    return closed and not change.words_added and change.common < _LEFT_BEFORE_A_WALL


def _take_wording(session: Session, article: Article, item: ArticleItem, text: Fingerprint) -> None:
    before = Article(
        headline=article.headline,
        description=article.description,
        article_body=article.article_body,
    )
    for name, value in wording(item).items():
        setattr(article, name, value)
    index_article(session, article, replaced=before)
    remember_text(session, article, text)


def _row(
    article: Article, item: ArticleItem, number: int, change: RevisionChange | None = None
) -> Revision:
    at = known_time(item.fetched_at, item)
    return Revision(
        article_id=article.id,
        number=number,
        observed_at=at,
        last_seen_at=at,
        headline=item.headline,
        description=item.description,
        article_body=item.article_body,
        text_hash=text_hash(item.article_body),
        kind=change.kind if change else "first",
        headline_changed=bool(change and change.headline_changed),
        correction_added=bool(change and change.correction_added),
    )
