"""Which articles a search may mean, newest first: from the index, or walking back through time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipelines.storage.models import Article, CutText

#: Found articles that are sorted by time. A word of more than these is looked for walking back
#: from the newest article, where it is bound to turn up soon.
MOST_SORTED = 3_000
#: Articles that hold all words of a phrase, which PostgreSQL judges one by one, newest first.
MOST_JUDGED = 10_000
_FIRST_WINDOW, _WIDEST_WINDOW = 256, 32_768  # articles looked at together on the walk
#: Articles that PostgreSQL thinks have the words, from which on its index is not asked first.
_FREQUENT = 20_000
# PostgreSQL judges an article in some 5 us without its index, and as long with it. So it walks at
# least so many articles, or as many as may have the words; the rest is left to the index.
_LEAST_WALKED = 30_000
_FAR_APART = 2_000  # ids between two articles which FTS5 is asked for separately
_ROWS_AT_ONCE = 1_000

_FTS5 = table("article_search", column("rowid"), column("article_search"))
_TSVECTOR = table("article_search", column("article_id"), column("vector"))
_EXPLAIN = text(
    "EXPLAIN (FORMAT JSON)"
    " SELECT article_id FROM article_search WHERE vector @@ CAST(:words AS tsquery)"
)

Place = tuple[datetime, int]  # first_seen_at and id: the order of all searches


@dataclass(frozen=True, slots=True)
class Asked:
    """What candidates must meet: ``words`` in the index's own language, and ``conditions``.

    ``words`` None: any text. ``loose`` are the words wherever they stand, for PostgreSQL: its
    index finds those without reading a vector, and its planner knows how frequent they are.
    """

    words: str | None = None
    conditions: Sequence[ColumnElement[bool]] = ()
    loose: str | None = None


def candidate_ids(session: Session, asked: Asked) -> Iterator[list[int]]:
    """Yield the ids of the articles that may be meant, in batches, newest first seen first."""
    if asked.words is None:
        yield from _walk(session, asked, frozenset())
        return
    # Of these the index has only the beginning: any words may stand in the rest.
    cut = frozenset(session.scalars(select(CutText.article_id)))
    likely = 0 if _is_sqlite(session) else _estimated(session, asked.loose or asked.words)
    found = _found_by_index(session, asked) if likely < _FREQUENT else None
    if found is None:
        yield from _walk(session, asked, cut, most=max(_LEAST_WALKED, likely))
        return
    places = _places(asked).where(_is_one_of(session, Article.id, found | cut))
    newest = sorted(((at, row_id) for at, row_id in session.execute(places)), reverse=True)
    ids = iter([row_id for _, row_id in newest])
    if asked.loose in (None, asked.words):
        yield list(ids)
        return
    size = _FIRST_WINDOW
    while window := list(islice(ids, size)):
        answering = _answering(session, asked.words, window) | cut
        yield [row_id for row_id in window if row_id in answering]
        size *= 2


def _places(asked: Asked) -> Select[datetime, int]:
    return select(Article.first_seen_at, Article.id).where(*asked.conditions)


def _is_one_of(
    session: Session, wanted: ColumnElement[int] | InstrumentedAttribute[int], ids: Collection[int]
) -> ColumnElement[bool]:
    """One parameter for any number of ids."""
    if _is_sqlite(session):
        return wanted.in_(
            select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)
        )
    return wanted == func.any(bindparam("ids", list(ids), ARRAY(BigInteger), unique=True))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# ---- the index


def _found_by_index(session: Session, asked: Asked) -> set[int] | None:
    """Return the articles that the index finds, in no order; None: too many to be sorted."""
    assert asked.words is not None
    words = asked.loose or asked.words
    most = (MOST_SORTED if words == asked.words else MOST_JUDGED) + 1
    if _is_sqlite(session):
        found = set(session.scalars(_fts5(words).limit(most)))
    else:
        # With a LIMIT the planner would rather read the whole table, hoping to be done soon.
        with _by_bitmap(session):
            found = set(session.scalars(_tsvector(words).limit(most)))
    return None if len(found) == most else found


def _estimated(session: Session, words: str) -> int:
    """Return how many articles PostgreSQL thinks have these words; it counts the frequent ones.

    Finding all articles of such a word, to drop them again, would take longer than the search.
    """
    plan = session.execute(_EXPLAIN, {"words": words}).scalar_one()
    return int(plan[0]["Plan"]["Plan Rows"])


@contextmanager
def _by_bitmap(session: Session) -> Iterator[None]:
    switches = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
    for switch in switches:
        session.execute(text(f"SET LOCAL {switch} = off"))
    yield
    for switch in switches:
        session.execute(text(f"SET LOCAL {switch} TO DEFAULT"))


def _fts5(words: str) -> Select[int]:
    return select(_FTS5.c.rowid).where(_FTS5.c.article_search.op("MATCH")(words))


def _tsvector(words: str) -> Select[int]:
    query = cast(literal(words), TSQUERY)
    return select(_TSVECTOR.c.article_id).where(_TSVECTOR.c.vector.op("@@")(query))


# ---- the walk


def _walk(
    session: Session, asked: Asked, cut: frozenset[int], most: int = 0
) -> Iterator[list[int]]:
    """Yield window after window of time, each wider than the one before.

    After ``most`` articles the index finds the others.
    """
    before: Place | None = None
    size, walked = _FIRST_WINDOW, 0
    while True:
        newest = _newest(asked, before).limit(size)
        window = [(at, row_id) for at, row_id in session.execute(newest)]
        ids = [row_id for _, row_id in window]
        if asked.words is not None and ids:
            answering = _answering(session, asked.words, ids) | cut
            ids = [row_id for row_id in ids if row_id in answering]
        yield ids
        if len(window) < size:
            return
        before, walked = window[-1], walked + size
        if asked.words is not None and walked >= most:
            yield from _rest_by_index(session, asked, cut, before)
            return
        size = min(size * 2, _WIDEST_WINDOW)


def _newest(asked: Asked, before: Place | None) -> Select[datetime, int]:
    place = (Article.first_seen_at, Article.id)
    query = _places(asked).order_by(*(part.desc() for part in place))
    return query if before is None else query.where(tuple_(*place) < before)


def _answering(session: Session, words: str, ids: Sequence[int]) -> set[int]:
    """Return those of these articles that the index would find."""
    if _is_sqlite(session):
        return {
            row_id
            for first, last in _runs(sorted(ids))
            for row_id in session.scalars(_fts5(words).where(_FTS5.c.rowid.between(first, last)))
        }
    # Offset 0: the planner must not look for a frequent word in its index, to find it all.
    by_key = _is_one_of(session, _TSVECTOR.c.article_id, ids)
    rows = select(_TSVECTOR.c.article_id, _TSVECTOR.c.vector).where(by_key).offset(0).subquery()
    query = cast(literal(words), TSQUERY)
    return set(session.scalars(select(rows.c.article_id).where(rows.c.vector.op("@@")(query))))


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of ids that lie together; an import may lie anywhere."""
    first = last = ids[0]
    for row_id in ids[1:]:
        if row_id - last > _FAR_APART:
            yield first, last
            first = row_id
        last = row_id
    yield first, last


def _rest_by_index(
    session: Session, asked: Asked, cut: frozenset[int], before: Place
) -> Iterator[list[int]]:
    """Yield what the walk has not reached, all of it from the index."""
    assert asked.words is not None
    if _is_sqlite(session):
        # The plus keeps SQLite from reading all of these articles, and sorting them, at once.
        wanted: ColumnElement[bool] = literal_column("+articles.id").in_(_fts5(asked.words))
    else:
        found = _tsvector(asked.words).cte("found").prefix_with("MATERIALIZED")
        wanted = Article.id.in_(select(found.c.article_id))
    if cut:
        wanted = wanted | _is_one_of(session, Article.id, cut)
    query = _newest(asked, before).where(wanted).execution_options(yield_per=_ROWS_AT_ONCE)
    with session.execute(query) as rows:
        for part in rows.partitions():
            yield [row_id for _, row_id in part]
