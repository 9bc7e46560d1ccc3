"""Step 2: is this another wording of a stored article, and what changed?"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from pipelines.fingerprint import Fingerprint, text_hash
from pipelines.items import PAGE_IN_PART, ArticleItem
from pipelines.redesign import learn_from_change
from pipelines.revisions import RevisionChange, Wording, classify_change
from pipelines.seen_wordings import (
    is_teaser,
    latest_revisions,
    lines_beside,
    note_seen,
    shown_again,
    without_lines,
)
from pipelines.site_words import SiteWords
from pipelines.storage.copies import remember_text
from pipelines.storage.models import Article, Revision
from pipelines.storage.search_index import index_article
from pipelines.storage.site_words import site_words_of
from pipelines.wording import known_time, wording


def revise(
    session: Session, article: Article, item: ArticleItem, text: Fingerprint
) -> RevisionChange | None:
    """Keep what an article reads like now; return what changed, None when it is no new wording.

    ``text`` is the fingerprint of the item's body. Layout, stamps, counters and the like make no
    wording, nor do words that come to several articles of a source. One that was seen in the last
    days is noted as seen again, and is the article's again when two looks in a row show it. A page
    that holds something else now gives a revision and leaves the article its last good wording; a
    wall gives nothing.
    """
    if PAGE_IN_PART in item.cut_fields:
        return None  # it cannot say what is no longer there
    at = known_time(item.fetched_at, item)
    rows = latest_revisions(session, article)
    site = site_words_of(session, article.source_id)
    change, since_good = _changes(rows[0], article, item, site)
    again = shown_again(rows, article, item, at, site)
    # A new correction note counts wherever it stands: reading may keep it out of the body.
    if again and (change.correction_added is None or again.correction_added):
        stays = note_seen(rows, again, at) and again.kind != "replaced"
        if stays and again.text_hash != article.text_hash and not is_teaser(item, since_good):
            _take_wording(session, article, item, text)
        return None
    if is_teaser(item, since_good):
        return None
    if change.kind != "trivial":
        old, new = _wordings(rows[0], item)
        if learnt := learn_from_change(session, article, old, new, at):
            change, _ = _changes(rows[0], article, item, learnt)
    if change.kind == "trivial":
        note_seen(rows, rows[0], at)
        return None
    session.add(_row(article, item, rows[0].number + 1, change))
    if change.kind != "replaced":
        _take_wording(session, article, item, text)
    return change


def complete(session: Session, article: Article, item: ArticleItem, text: Fingerprint) -> bool:
    """Take the whole text of an article that was read from a page in part; return whether it was.

    Nobody edited what we did not see: it takes the place of the wording that was kept. Where less
    than half of that is still there, the page shows something else, which is revise's to judge.
    """
    if PAGE_IN_PART not in article.cut_fields or PAGE_IN_PART in item.cut_fields:
        return False
    last = latest_revisions(session, article)[0]
    site = site_words_of(session, article.source_id)
    change, since_good = _changes(last, article, item, site)
    changed = change.words_added + change.words_removed
    kept = change.common * changed / (2 * (1 - change.common)) if change.common < 1 else changed
    if kept < change.words_removed or is_teaser(item, since_good):
        return False
    _take_wording(session, article, item, text)
    whole = _row(article, item, last.number)
    for name in ("observed_at", "last_seen_at", "headline", "description"):
        setattr(last, name, getattr(whole, name))
    last.article_body, last.text_hash = whole.article_body, whole.text_hash
    return True


def first_revision(article: Article, item: ArticleItem) -> Revision:
    """Return the row of the first wording seen."""
    return _row(article, item, 1)


def _changes(
    last: Revision, article: Article, item: ArticleItem, site: SiteWords
) -> tuple[RevisionChange, RevisionChange]:
    """Return what changed since the last wording kept, and since the article's own.

    Whether the page was replaced is told from the latter.
    """
    corrections = tuple(map(str, article.corrections))
    old, new = _wordings(last, item)
    change = classify_change(*site.apart(replace(old, corrections=corrections), new))
    if last.text_hash == article.text_hash:
        return change, change
    good, _ = _wordings(article, item)
    since_good = classify_change(*site.apart(replace(good, corrections=corrections), new))
    if change.kind == "trivial":
        return change, since_good
    is_replaced = since_good.kind == "replaced"
    return replace(change, kind="replaced" if is_replaced else "edit"), since_good


def _wordings(kept: Revision | Article, item: ArticleItem) -> tuple[Wording, Wording]:
    """Return a wording that was kept, without what the page shows elsewhere, and the page's."""
    body = without_lines(kept.article_body, lines_beside(item))
    new = Wording(item.headline, item.article_body, tuple(item.corrections))
    return Wording(kept.headline, body), new


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
