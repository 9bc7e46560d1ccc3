"""Stored articles as rows and as schema.org records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pipelines.export.columns import ARTICLES
from pipelines.export.schema_org import image_object, iso_time, news_article
from pipelines.storage.columns import storable
from pipelines.storage.models import Article, Section, Source
from pipelines.storage.search import SearchQuery, iter_found

_ROWS_AT_ONCE = 200


def iter_articles(
    session: Session, query: SearchQuery, sections: Collection[str] = ()
) -> Iterator[tuple[Article, Source]]:
    """Yield the articles a query means without holding them all in memory, newest first.

    ``sections`` are keys of the sections that listed them; empty: all.
    """
    keys = section_keys(session) if sections else {}
    found = iter_found(session, query) if query.meaning is not None else _iter_all(session, query)
    for article, source in found:
        if not sections or keys.get(article.section_id or 0) in sections:
            yield article, source


def _iter_all(session: Session, query: SearchQuery) -> Iterator[tuple[Article, Source]]:
    sources = {source.id: source for source in session.scalars(select(Source))}
    statement = article_statement(query).limit(query.limit)
    # Closed also when the reader has seen enough: a server keeps a cursor open until then.
    with session.scalars(statement.execution_options(yield_per=_ROWS_AT_ONCE)) as rows:
        for article in rows:
            yield article, sources[article.source_id]


def article_statement(query: SearchQuery) -> Select[Article]:
    """Return the statement for the articles of a query without words, newest first."""
    statement = select(Article)
    if query.since:
        statement = statement.where(Article.first_seen_at >= query.since)
    if query.until:
        statement = statement.where(Article.first_seen_at < query.until)
    if query.sources:
        wanted = select(Source.id).where(Source.slug.in_(query.sources))
        statement = statement.where(Article.source_id.in_(wanted))
    return statement.order_by(Article.first_seen_at.desc(), Article.id.desc())


def section_keys(session: Session) -> dict[int, str]:
    """Return the key of every section by its row id."""
    return {row.id: row.key for row in session.execute(select(Section.id, Section.key))}


def schema_org(article: Article, source: Source) -> dict[str, Any]:
    """Return a stored article as a schema.org NewsArticle with our observations beside it."""
    return news_article(
        article,
        id=article.id,
        publisher={"@type": "NewsMediaOrganization", "name": source.name, "id": source.slug},
        image=[image_object(i["url"], i["caption"], i["credit"]) for i in article.images],
        datePublished=iso_time(article.date_published),
        datePublishedSource=article.date_published_source,
        datePublishedPrecision=article.date_published_precision,
        dateModified=iso_time(article.date_modified),
        dateFlags=article.date_flags,
        goneAt=iso_time(article.gone_at),
    )


def article_record(article: Article, source: Source, section: str | None) -> dict[str, Any]:
    """Return a stored article as JSON Lines have it: schema.org, and its place in the archive."""
    more = {
        "section": section,
        "storyId": article.story_id,
        "copyOfId": article.copy_of_id,
        "copyKind": article.copy_kind,
        "copyScore": article.copy_score,
        "robotsDirectives": article.robots_directives,
        "tdmReserved": article.tdm_reserved,
        "cutFields": article.cut_fields,
        "parserVersion": article.parser_version,
    }
    given = {key: value for key, value in more.items() if value not in (None, [])}
    return {
        key: storable_value(value) for key, value in (schema_org(article, source) | given).items()
    }


def storable_value(value: Any) -> Any:
    """Return a JSON value without NUL and lone surrogates, which JSON columns can hold."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else storable(value)
    if isinstance(value, list):
        return [storable_value(entry) for entry in value]
    if isinstance(value, dict):
        return {storable_value(key): storable_value(entry) for key, entry in value.items()}
    return value


#: Columns that are not simply the article's own.
_MADE = {"source", "section", "image_url", "image_caption", "image_credit"}
_OWN = tuple(column.name for column in ARTICLES if column.name not in _MADE)
_ORDER = tuple(column.name for column in ARTICLES)


def article_row(article: Article, source: Source, section: str | None) -> dict[str, Any]:
    """Return an article as flat values by the columns of articles."""
    image = article.images[0] if article.images else {}
    values = {name: getattr(article, name) for name in _OWN} | {
        "source": source.slug,
        "section": section,
        "image_url": image.get("url"),
        "image_caption": image.get("caption"),
        "image_credit": image.get("credit"),
    }
    return {name: _flat(values[name]) for name in _ORDER}


def _flat(value: Any) -> Any:
    return texts(value) if isinstance(value, list) else storable_value(value)


def texts(values: Iterable[object]) -> list[str]:
    """Return the entries of a JSON column that are texts and say something."""
    return [storable_value(entry) for entry in values if isinstance(entry, str) and entry]
