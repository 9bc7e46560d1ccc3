"""Full-text search over the archive: one function in front of FTS5 and tsvector."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, column, false, func, select, table, text
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Source
from pipelines.words import UNSPACED, folded

_FTS5 = table("article_search", column("rowid"), column("article_search"))
_TSVECTOR = table("article_search", column("article_id"), column("vector"))
# PostgreSQL refuses vectors beyond 1 MiB, and words of all scripts stay below it with this; it is
# the length of the longest real articles, and the same on SQLite so that both find the same.
_INDEXED_SIGNS = 200_000
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
_CURLY = str.maketrans("“”„«»‟", '""""""')


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """``words``: all must occur; "quoted words" as a phrase. Empty: every article.

    ``since`` and ``until`` bound first_seen_at; ``sources`` are slugs, empty means all.
    """

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    limit: int | None = None


def searchable(plain: str | None) -> str:
    """Return text as it is indexed and asked for: folded, without accents, unspaced scripts cut.

    Scripts without spaces are indexed sign by sign, so that a word in them is a phrase.
    """
    if not plain:
        return ""
    words = folded(plain)
    if words.isascii():
        return words
    bare = "".join(c for c in unicodedata.normalize("NFKD", words) if not _is_accent(c))
    return " ".join(UNSPACED.sub(r" \g<0> ", unicodedata.normalize("NFC", bare)).split())


def _is_accent(char: str) -> bool:
    # Only the marks of European scripts and Arabic vowel signs: elsewhere a mark is a letter.
    return "\u0300" <= char <= "\u036f" or "\u064b" <= char <= "\u0652"


def phrases_of(words: str) -> list[str]:
    """Return the phrases that all must occur, as indexed; a plain word is a phrase of one."""
    parts = (quoted or word for quoted, word in _QUOTED.findall(words.translate(_CURLY)))
    return [phrase for phrase in map(searchable, parts) if phrase]


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
    """Return the statement for the articles a query means, newest first seen first."""
    statement = select(Article, Source).join(Source, Article.source_id == Source.id)
    if phrases := phrases_of(query.words):
        statement = _where_words(statement, session.get_bind().dialect.name, phrases)
    elif query.words.strip():
        statement = statement.where(false())  # only punctuation: nothing matches
    if query.since:
        statement = statement.where(Article.first_seen_at >= query.since)
    if query.until:
        statement = statement.where(Article.first_seen_at < query.until)
    if query.sources:
        statement = statement.where(Source.slug.in_(query.sources))
    statement = statement.order_by(Article.first_seen_at.desc(), Article.id.desc())
    return statement.limit(query.limit) if query.limit else statement


def _where_words(
    statement: Select[Article, Source], dialect: str, phrases: Sequence[str]
) -> Select[Article, Source]:
    if dialect == "sqlite":
        match = " ".join(f'"{phrase}"' for phrase in phrases)  # folded text holds no quotes
        found = select(_FTS5.c.rowid).where(_FTS5.c.article_search.op("MATCH")(match))
    else:
        asked = [func.phraseto_tsquery("simple", phrase) for phrase in phrases]
        found = select(_TSVECTOR.c.article_id).where(
            *(_TSVECTOR.c.vector.op("@@")(phrase) for phrase in asked)
        )
    return statement.where(Article.id.in_(found))


def search_articles(session: Session, query: SearchQuery) -> list[tuple[Article, Source]]:
    """Return the articles a query means with their sources, newest first seen first."""
    return [
        (article, source) for article, source in session.execute(select_articles(session, query))
    ]
