"""Revisions of articles and visits to sections as rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipelines.export.article_rows import iter_articles, storable_value
from pipelines.export.asked import Asked
from pipelines.export.columns import REVISIONS, VISITS, Column
from pipelines.operator_error import UsageError
from pipelines.storage.models import Article, Revision, Section, Source, Visit
from pipelines.storage.search import SearchQuery

_ROWS_AT_ONCE = 500
_ARTICLES_AT_ONCE = 400

_Where = dict[str, InstrumentedAttribute[Any]]
_REVISION_FROM: _Where = {
    "source": Source.slug,
    "url": Article.url,
    "story_id": Article.story_id,
}
_VISIT_FROM: _Where = {
    "source": Source.slug,
    "section": Section.key,
    "section_url": Section.url,
}


def revision_rows(session: Session, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield wordings, the newest first; with words or a watch, article by article."""
    statement = revision_statement(asked)
    if not asked.judges_texts:
        yield from _rows(session, statement)
        return
    # The query's times are those of the wordings; its articles may be older.
    meant = SearchQuery(tree=asked.query.meaning, sources=asked.query.sources)
    ids = (article.id for article, _ in iter_articles(session, meant, asked.sections))
    while some := list(islice(ids, _ARTICLES_AT_ONCE)):
        chosen = statement.where(Revision.article_id.in_(some)).order_by(None)
        yield from _rows(session, chosen.order_by(Revision.article_id.desc(), Revision.number))


def revision_statement(asked: Asked) -> Select[Any]:
    """Return the statement for the wordings of a query without words."""
    statement = (
        select(*_picked(REVISIONS, Revision, _REVISION_FROM))
        .join(Article, Article.id == Revision.article_id)
        .join(Source, Source.id == Article.source_id)
    )
    statement = _bounded(statement, Revision.observed_at, asked.query)
    return statement.order_by(Revision.observed_at.desc(), Revision.id.desc())


def visit_rows(session: Session, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield visits, the newest first. Raises UsageError when words are asked for."""
    if asked.judges_texts:
        raise UsageError("visits have no text: --query and --watch go with the other tables")
    return _rows(session, visit_statement(asked))


def visit_statement(asked: Asked) -> Select[Any]:
    """Return the statement for the visits of a query."""
    statement = (
        select(*_picked(VISITS, Visit, _VISIT_FROM))
        .join(Section, Section.id == Visit.section_id)
        .join(Source, Source.id == Section.source_id)
    )
    statement = _bounded(statement, Visit.started_at, asked.query)
    return statement.order_by(Visit.started_at.desc(), Visit.id.desc())


def _picked(columns: tuple[Column, ...], model: type, elsewhere: _Where) -> Iterator[Any]:
    for column in columns:
        found = elsewhere.get(column.name) or getattr(model, column.name)
        yield found.label(column.name)


def _bounded(
    statement: Select[Any], time: InstrumentedAttribute[Any], query: SearchQuery
) -> Select[Any]:
    if query.since:
        statement = statement.where(time >= query.since)
    if query.until:
        statement = statement.where(time < query.until)
    if query.sources:
        statement = statement.where(Source.slug.in_(query.sources))
    return statement


def _rows(session: Session, statement: Select[Any]) -> Iterator[dict[str, Any]]:
    with session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE)) as rows:
        for row in rows.mappings():
            yield {name: storable_value(value) for name, value in row.items()}
