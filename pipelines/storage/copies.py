"""Finds copies in the database: fingerprints of a window of days, reached by their anchors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines.copies import CopyCandidate, CopyMatch, find_copy
from pipelines.fingerprint import Fingerprint
from pipelines.instalments import are_instalments, read_template
from pipelines.storage.columns import utc_text
from pipelines.storage.copy_models import Anchor, TextPrint
from pipelines.storage.models import Article

#: Two equal texts further apart than this are an anniversary, not a copy of today's news.
WINDOW = timedelta(days=90)
_MOST_EARLIER = 20

# Driver's statements: SQLAlchemy's share of the time would be two thirds.
_COMMON = (
    "SELECT article_id FROM anchors WHERE hash IN ({hashes}) "
    "GROUP BY article_id ORDER BY count(*) DESC, article_id DESC LIMIT ?"
)
_KNOWN = (
    "SELECT f.article_id, a.copy_group_id, f.fingerprint, f.seen_at FROM fingerprints f "
    "JOIN articles a ON a.id = f.article_id WHERE f.article_id IN ({ids})"
)
_SIZES = (
    "SELECT copy_group_id, count(*) FROM articles WHERE copy_group_id IN ({ids}) "
    "GROUP BY copy_group_id"
)
_ADD_PRINT = "INSERT INTO fingerprints (article_id, seen_at, fingerprint) VALUES (?, ?, ?)"
_ADD_ANCHOR = "INSERT INTO anchors (hash, article_id) VALUES (?, ?)"


def _run(session: Session, sql: str, values: Any, **lists: int) -> list[Any]:
    """Return a statement's rows; ? stands for a value, ``lists`` are lengths of lists inside IN."""
    sql = sql.format(**{name: ", ".join("?" * length) for name, length in lists.items()})
    if session.get_bind().dialect.name == "postgresql":
        sql = sql.replace("?", "%s")
    done = session.connection().exec_driver_sql(sql, values)
    return list(done) if done.returns_rows else []


class DatabaseCopyIndex:
    """The CopyIndex of ``pipelines.copies`` over the articles of the last WINDOW before ``now``.

    The last answer is kept: one text is looked for among moved articles, then among copies.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._since = now - WINDOW
        self._answered: tuple[tuple[int, ...], list[CopyCandidate]] = (), []

    def candidates(self, hashes: Sequence[int], limit: int) -> Iterable[CopyCandidate]:
        """Articles having any of the hashes among their anchors, most in common first."""
        asked = (*hashes, limit)
        if self._answered[0] != asked:
            self._answered = asked, self._ask(hashes, limit) if hashes else []
        return self._answered[1]

    def _ask(self, hashes: Sequence[int], limit: int) -> list[CopyCandidate]:
        session = self._session
        common = _run(session, _COMMON, (*hashes, limit), hashes=len(hashes))
        ids = [article_id for (article_id,) in common]
        if not ids:
            return []
        known = _run(session, _KNOWN, tuple(ids), ids=len(ids))
        rows = [row for row in known if _utc(row[3]) >= self._since]
        groups = {group or article for article, group, _, _ in rows}
        if not groups:
            return []
        sizes = dict(_run(session, _SIZES, tuple(sorted(groups)), ids=len(groups)))
        found = {
            article: CopyCandidate(
                article,
                group or article,
                sizes.get(group or article, 1),
                Fingerprint.from_bytes(stored),
            )
            for article, group, stored, _ in rows
        }
        return [found[article] for article in ids if article in found]


def _utc(at: datetime | str) -> datetime:
    """SQLite's driver gives the stored text."""
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def place_among_copies(
    session: Session, article: Article, text: Fingerprint, index: DatabaseCopyIndex | None = None
) -> CopyMatch | None:
    """Find what a new article repeats, note it on its row, and make it findable itself.

    The article must have its number. ``index``: one that has answered for this text already.
    Returns the match, None when there is no other with this text.
    """
    match = find_copy(text, index or DatabaseCopyIndex(session, article.first_seen_at))
    if match and match.kind == "copy" and _is_instalment(session, article, match.article_id):
        match = replace(match, kind="update")
    article.copy_group_id = match.group_id if match and match.kind == "copy" else article.id
    article.copy_of_id = match.article_id if match else None
    article.copy_kind = match.kind if match else None
    article.copy_score = round(match.score, 4) if match else None
    if match is not None:
        _order_by_first_seen(session, article, match)
    _add_text(session, article, text)
    return match


def _is_instalment(session: Session, article: Article, other_id: int) -> bool:
    """Whether a source's text is from the template of its other one, of other names or numbers."""
    other = session.get_one(Article, other_id)
    if other.source_id != article.source_id:
        return False
    one, two = (read_template(each.headline, each.article_body) for each in (article, other))
    return are_instalments(one, two)


def _order_by_first_seen(session: Session, article: Article, match: CopyMatch) -> None:
    """Let the later seen of two alike be the one that repeats, whichever was stored first."""
    other = session.get_one(Article, match.article_id)
    while (article.first_seen_at, article.id) < (other.first_seen_at, other.id):
        repeated = session.get(Article, other.copy_of_id) if other.copy_of_id else None
        if repeated is None:
            other.copy_of_id, other.copy_kind = article.id, article.copy_kind
            other.copy_score = article.copy_score
            article.copy_of_id = article.copy_kind = article.copy_score = None
            return
        other = repeated
    article.copy_of_id = other.id


def earlier_with_text(session: Session, article: Article) -> list[Article]:
    """Return the articles seen before one whose text it has, the first seen first, some twenty.

    Texts too short to be recognised must be equal, and stand under the same headline.
    """
    same_words = (Article.text_hash == article.text_hash, Article.headline == article.headline)
    earlier = (
        Article.id != article.id,
        Article.first_seen_at <= article.first_seen_at,
        Article.first_seen_at >= article.first_seen_at - WINDOW,
    )
    found: dict[int, Article] = {}
    for alike in ((Article.copy_group_id == article.copy_group_id,), same_words):
        query = select(Article).where(*alike, *earlier).limit(_MOST_EARLIER)
        found |= {row.id: row for row in session.scalars(query)}
    return sorted(found.values(), key=lambda row: (row.first_seen_at, row.id))


def _add_text(session: Session, article: Article, text: Fingerprint) -> None:
    seen_at: Any = article.first_seen_at
    if session.get_bind().dialect.name == "sqlite":
        seen_at = utc_text(seen_at)
    _run(session, _ADD_PRINT, (article.id, seen_at, text.to_bytes()))
    _add_anchors(session, article.id, text)


def _add_anchors(session: Session, article_id: int, text: Fingerprint) -> None:
    if text.anchors:
        rows = [(value, article_id) for value in sorted(set(text.anchors))]
        _run(session, _ADD_ANCHOR, rows)


def remember_text(session: Session, article: Article, text: Fingerprint) -> None:
    """Keep the fingerprint of an article's current wording in place of an earlier one."""
    earlier = session.get(TextPrint, article.id)
    if earlier is None:
        _add_text(session, article, text)
        return
    forget_anchors(session, article.id, Fingerprint.from_bytes(earlier.fingerprint))
    earlier.fingerprint = text.to_bytes()
    _add_anchors(session, article.id, text)


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
