"""Which of its kept wordings does an article's page show again, and is that the article's now?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.items import ArticleItem
from pipelines.revisions import RevisionChange, Wording, wording_key
from pipelines.site_words import SiteWords
from pipelines.storage.models import Article, Revision
from pipelines.words import folded

#: A wording last seen within this time is not new when it is seen again: the servers of one site
#: show an older and a newer one in turns.
REMEMBERED = timedelta(days=7)
_MOST_COMPARED = 50
# Before a wall the first lines stay; what else is read there is the wall's own words.
_LEFT_BEFORE_A_WALL = 0.75


def latest_revisions(session: Session, article: Article) -> Sequence[Revision]:
    """Return the newest wordings first; there is one at least, and the article's own among them."""
    query = select(Revision).where(Revision.article_id == article.id)
    rows = session.scalars(query.order_by(Revision.number.desc()).limit(_MOST_COMPARED)).all()
    if len(rows) < _MOST_COMPARED or _own(rows, article):
        return rows
    own = query.where(Revision.text_hash == article.text_hash).order_by(Revision.number.desc())
    return [*rows, *session.scalars(own.limit(1))]


def _own(rows: Sequence[Revision], article: Article) -> Revision | None:
    """Return the wording that is the article's, None where an earlier release did not keep it."""
    same_text = [row for row in rows if row.text_hash == article.text_hash]
    return next((row for row in same_text if row.headline == article.headline), None)


def shown_again(
    rows: Sequence[Revision], article: Article, item: ArticleItem, at: datetime, site: SiteWords
) -> Revision | None:
    """Return the kept wording that a page shows again, None where it shows a new one.

    ``rows`` as of ``latest_revisions``. The article's own and the newest are always known; the
    others for REMEMBERED after they were last seen. The words of the ``site`` are no difference.
    """
    own = _own(rows, article)
    # Site memory grows: the same page may be read better today, and nobody edited it.
    if own is not None and item.page_key is not None and item.page_key == article.page_key:
        return own
    beside = lines_beside(item)
    now = wording_key(site.without(Wording(item.headline, item.article_body)))
    for row in sorted(rows, key=lambda row: row is not own):
        is_known = row is own or row is rows[0] or seen_at(row) >= at - REMEMBERED
        body = without_lines(row.article_body, beside)
        if is_known and wording_key(site.without(Wording(row.headline, body))) == now:
            return row
    return None


def note_seen(rows: Sequence[Revision], again: Revision, at: datetime) -> bool:
    """Note when a wording was seen; return whether the look before showed it as well."""
    # What is said to be seen later was noted before the clock was set back.
    earlier = [row for row in rows if seen_at(row) <= at] or [again]
    latest = max(earlier, key=lambda row: (seen_at(row), row.number))
    again.last_seen_at = max(seen_at(again), at)
    return latest is again


def seen_at(row: Revision) -> datetime:
    """Return when a wording was seen last."""
    return row.last_seen_at or row.observed_at


def is_teaser(item: ArticleItem, change: RevisionChange) -> bool:
    """Whether a page shows but the beginning of the article: a wall came down before it.

    ``change`` is that since the article's own wording. A page that does not say that it asks for
    money must have lost three quarters of its words and gained none.
    """
    if change.common >= _LEFT_BEFORE_A_WALL:
        return False
    lost, gained = change.words_removed, change.words_added
    kept = change.common * (lost + gained) / (2 * (1 - change.common))
    if item.is_accessible_for_free is False:
        return gained <= kept / 2
    return gained == 0 and kept < lost / 3


def lines_beside(item: ArticleItem) -> frozenset[str]:
    """Return the paragraphs, folded, that the page shows outside the text."""
    inside = frozenset(map(folded, item.article_body.split("\n")))
    return frozenset(map(folded, item.lines_beside)) - inside


def without_lines(body: str, beside: Collection[str]) -> str:
    """Return a text without the paragraphs that its page still shows, though reading left them out.

    Reading chooses among a page's blocks and may choose otherwise next time: teasers beside the
    article change, a release reads better. Nobody removed what is still there.
    """
    if not beside:
        return body
    return "\n".join(line for line in body.split("\n") if folded(line) not in beside)
