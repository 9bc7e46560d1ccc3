"""Finds copies in the database: fingerprints of a window of days, reached by their anchors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from pipelines.copies import CopyCandidate, CopyMatch, find_copy
from pipelines.fingerprint import Fingerprint, fingerprint
from pipelines.storage.copy_models import Anchor, TextPrint
from pipelines.storage.models import Article

#: Two equal texts further apart than this are an anniversary, not a copy of today's news.
WINDOW = timedelta(days=90)

_COMMON = (
    select(Anchor.article_id)
    .where(Anchor.hash.in_(bindparam("hashes", expanding=True)))
    .group_by(Anchor.article_id)
    .order_by(func.count().desc(), Anchor.article_id.desc())
    .limit(bindparam("most"))
)
_KNOWN = (
    select(TextPrint.article_id, Article.copy_group_id, TextPrint.fingerprint)
    .join(Article, Article.id == TextPrint.article_id)
    .where(
        TextPrint.article_id.in_(bindparam("ids", expanding=True)),
        TextPrint.seen_at >= bindparam("since"),
    )
)
_SIZES = (
    select(Article.copy_group_id, func.count())
    .where(Article.copy_group_id.in_(bindparam("groups", expanding=True)))
    .group_by(Article.copy_group_id)
)


class DatabaseCopyIndex:
    """The CopyIndex of ``pipelines.copies`` over the articles of the last WINDOW before ``now``."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._since = now - WINDOW

    def candidates(self, hashes: Sequence[int], limit: int) -> Iterable[CopyCandidate]:
        """Articles having any of the hashes among their anchors, most in common first."""
        if not hashes:
            return []
        session = self._session
        ids = list(session.scalars(_COMMON, {"hashes": list(hashes), "most": limit}))
        if not ids:
            return []
        rows = session.execute(_KNOWN, {"ids": ids, "since": self._since}).all()
        groups = sorted({group or article for article, group, _ in rows})
        sizes = dict(session.execute(_SIZES, {"groups": groups}).all())
        found = {
            article: CopyCandidate(
                article,
                group or article,
                sizes.get(group or article, 1),
                Fingerprint.from_bytes(stored),
            )
            for article, group, stored in rows
        }
        return [found[article] for article in ids if article in found]


def place_among_copies(session: Session, article: Article, text: Fingerprint) -> CopyMatch | None:
    """Find what a new article repeats, note it on its row, and make it findable itself.

    Returns the match, None when the article is the first with this text.
    """
    match = find_copy(text, DatabaseCopyIndex(session, article.first_seen_at))
    article.copy_group_id = match.group_id if match and match.kind == "copy" else article.id
    article.copy_of_id = match.article_id if match else None
    article.copy_kind = match.kind if match else None
    article.copy_score = round(match.score, 4) if match else None
    remember_text(session, article, text)
    return match


def remember_text(session: Session, article: Article, text: Fingerprint) -> None:
    """Keep the fingerprint of an article's current wording in place of an earlier one."""
    earlier = session.get(TextPrint, article.id)
    if earlier is not None:
        forget_anchors(session, article.id, Fingerprint.from_bytes(earlier.fingerprint))
        earlier.fingerprint = text.to_bytes()
    else:
        row = {"article_id": article.id, "seen_at": article.first_seen_at}
        session.execute(insert(TextPrint), [row | {"fingerprint": text.to_bytes()}])
    if text.anchors:
        rows = [{"hash": value, "article_id": article.id} for value in set(text.anchors)]
        session.execute(insert(Anchor), rows)


def forget_anchors(session: Session, article_id: int, text: Fingerprint) -> None:
    """Take an article's anchors out of the index."""
    session.execute(
        delete(Anchor).where(Anchor.hash.in_(text.anchors), Anchor.article_id == article_id)
    )


def prune_anchors(session: Session, now: datetime, *, most: int = 5_000) -> int:
    """Take the anchors of at most ``most`` articles that left the window out of the index.

    Returns for how many; their fingerprints go as well.
    """
    query = select(TextPrint).where(TextPrint.seen_at < now - WINDOW).limit(most)
    rows = list(session.scalars(query))
    for row in rows:
        forget_anchors(session, row.article_id, Fingerprint.from_bytes(row.fingerprint))
        session.delete(row)
    return len(rows)


def fingerprint_of(article_body: str) -> Fingerprint:
    """Return the fingerprint of a text as the index keeps it."""
    return fingerprint(article_body)
