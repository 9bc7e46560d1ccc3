"""Full-text search over the archive: one function in front of FTS5 and tsvector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, func, select, table, text
from sqlalchemy.orm import Session

from pipelines.storage.alerts import article_facts, count_publishers, sightings_of
from pipelines.storage.edits import edits_of
from pipelines.storage.models import Article, Source
from pipelines.watches.parsing import parse_watch
from pipelines.watches.predicate import compile_test
from pipelines.watches.prefilter import fts5_query, tsquery
from pipelines.watches.questions import counts_publishers, is_about_edits
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import Watch
from pipelines.word_spans import text_words

_FTS5 = table("article_search", column("rowid"), column("article_search"))
_TSVECTOR = table("article_search", column("article_id"), column("vector"))
# PostgreSQL refuses vectors beyond 1 MiB, and words of all scripts stay below it with this; it is
# the length of the longest real articles, and the same on SQLite so that both find the same.
_INDEXED_SIGNS = 200_000
_ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """``words`` in the watch language, with the named ``lists``. Empty: every article.

    ``since`` and ``until`` bound first_seen_at; ``sources`` are slugs, empty means all. A
    ``tree`` that was parsed already takes the place of the words.
    """

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    limit: int | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tree: Watch | None = None

    @property
    def meaning(self) -> Watch | None:
        """The parsed words; None: every article. Raises WatchSyntaxError."""
        if self.tree is not None or not self.words.strip():
            return self.tree
        return parse_watch(self.words, lists=self.lists)


def searchable(plain: str | None) -> str:
    """Return text as it is indexed: the words of the watch language, one space apart."""
    return " ".join(text_words(plain)) if plain else ""


def index_article(session: Session, article: Article, *, replaced: Article | None = None) -> None:
    """Make an article findable; ``replaced`` holds its texts as they were indexed before."""
    values = _indexed_texts(article)
    if session.get_bind().dialect.name == "sqlite":
        if replaced is not None:
            # A contentless FTS5 table forgets a row only when told what stood in it.
            session.execute(_SQLITE_FORGET, {"id": article.id, **_indexed_texts(replaced)})
        session.execute(_SQLITE_INDEX, {"id": article.id, **values})
    else:
        session.execute(_POSTGRES_INDEX, {"id": article.id, **values})


def _indexed_texts(article: Article) -> dict[str, str]:
    return {
        "headline": searchable(article.headline),
        "description": searchable(article.description),
        "body": searchable(article.article_body)[:_INDEXED_SIGNS],
    }


_SQLITE_INDEX = text(
    "INSERT INTO article_search (rowid, headline, description, article_body)"
    " VALUES (:id, :headline, :description, :body)"
)
_SQLITE_FORGET = text(
    "INSERT INTO article_search (article_search, rowid, headline, description, article_body)"
    " VALUES ('delete', :id, :headline, :description, :body)"
)
_POSTGRES_INDEX = text(
    "INSERT INTO article_search (article_id, vector) VALUES (:id,"
    " setweight(to_tsvector('simple', :headline), 'A')"
    " || setweight(to_tsvector('simple', :description), 'B')"
    " || setweight(to_tsvector('simple', :body), 'C'))"
    " ON CONFLICT (article_id) DO UPDATE SET vector = excluded.vector"
)


def select_articles(session: Session, query: SearchQuery) -> Select[Article, Source]:
    """Return the statement for the articles a query may mean, newest first seen first.

    What it finds must still be put to the predicate, which ``iter_found`` does.
    """
    statement = select(Article, Source).join(Source, Article.source_id == Source.id)
    if tree := query.meaning:
        statement = _where_words(statement, session.get_bind().dialect.name, tree)
    if query.since:
        statement = statement.where(Article.first_seen_at >= query.since)
    if query.until:
        statement = statement.where(Article.first_seen_at < query.until)
    if query.sources:
        statement = statement.where(Source.slug.in_(query.sources))
    return statement.order_by(Article.first_seen_at.desc(), Article.id.desc())


def _where_words(
    statement: Select[Article, Source], dialect: str, tree: Watch
) -> Select[Article, Source]:
    if dialect == "sqlite":
        asked = fts5_query(tree)
        found = select(_FTS5.c.rowid).where(_FTS5.c.article_search.op("MATCH")(asked))
    else:
        asked = tsquery(tree)
        matches = _TSVECTOR.c.vector.op("@@")(func.to_tsquery("simple", asked))
        found = select(_TSVECTOR.c.article_id).where(matches)
    # None: the query asks only for facts, or for what is absent; the predicate judges every row.
    return statement if asked is None else statement.where(Article.id.in_(found))


def iter_found(session: Session, query: SearchQuery) -> Iterator[tuple[Article, Source]]:
    """Yield the articles a query means with their sources, newest first seen first.

    The index finds what may match, the predicate of live matching decides: one meaning
    everywhere. Rows are read as they are needed. Raises WatchSyntaxError.
    """
    tree = query.meaning
    holds = compile_test(tree) if tree is not None else None
    context_of = _context_for(tree) if tree is not None else None
    statement = select_articles(session, query).execution_options(yield_per=_ROWS_AT_ONCE)
    left = query.limit
    # Closed also when the reader has seen enough: a server keeps a cursor open until then.
    with session.execute(statement) as rows:
        for article, source in rows:
            if holds is not None and context_of is not None:
                facts = article_facts(article, source)
                if not holds(ReadableArticle(facts, context_of(session, article))):
                    continue
            yield article, source
            if left is not None:
                left -= 1
                if left <= 0:
                    return


def search_articles(session: Session, query: SearchQuery) -> list[tuple[Article, Source]]:
    """Return the articles a query means with their sources, newest first seen first."""
    return list(iter_found(session, query))


def _context_for(tree: Watch) -> Callable[[Session, Article], dict[str, Any]]:
    """Return what the predicate needs beside an article, read only where the query asks for it."""
    counts, edits = counts_publishers(tree), is_about_edits(tree)

    def context(session: Session, article: Article) -> dict[str, Any]:
        found: dict[str, Any] = {"gone": article.gone_at is not None}
        if counts and article.story_id is not None:
            found["publishers"] = count_publishers(sightings_of(session, article.story_id))
        if edits:
            found |= edits_of(session, article.id)
        return found

    return context
