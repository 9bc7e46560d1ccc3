"""Articles, stories, revisions and visits as rows, streamed from the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pipelines.export.article_rows import (
    article_record,
    article_row,
    article_statement,
    iter_articles,
    schema_org,
    section_keys,
)
from pipelines.export.asked import Asked
from pipelines.export.columns import TABLES, Noun
from pipelines.export.history_rows import (
    revision_rows,
    revision_statement,
    visit_rows,
    visit_statement,
)
from pipelines.export.schema_org import iso_time
from pipelines.export.story_rows import story_rows, story_statement

__all__ = ["Row", "count_rows", "iter_articles", "iter_records", "iter_rows", "schema_org"]

Row = dict[str, Any]


def iter_rows(session: Session, noun: Noun, asked: Asked) -> Iterator[Row]:
    """Yield flat rows with the columns of ``TABLES[noun]``; times are aware UTC, lists are lists.

    Newest first, read as they are needed. Raises WatchSyntaxError.
    """
    return _ROWS[noun](session, asked)


def iter_records(session: Session, noun: Noun, asked: Asked) -> Iterator[Row]:
    """Yield the same as JSON values under schema.org's names, without what is empty."""
    if noun == "articles":
        keys = section_keys(session)
        for article, source in iter_articles(session, asked.query, asked.sections):
            yield article_record(article, source, keys.get(article.section_id or 0))
        return
    for row in iter_rows(session, noun, asked):
        yield record(noun, row)


def _article_rows(session: Session, asked: Asked) -> Iterator[Row]:
    keys = section_keys(session)
    for article, source in iter_articles(session, asked.query, asked.sections):
        yield article_row(article, source, keys.get(article.section_id or 0))


_ROWS: Mapping[Noun, Callable[[Session, Asked], Iterator[Row]]] = {
    "articles": _article_rows,
    "stories": story_rows,
    "revisions": revision_rows,
    "visits": visit_rows,
}


def count_rows(session: Session, noun: Noun, asked: Asked) -> int | None:
    """Return how many rows there will be; None when only reading them can tell."""
    if asked.judges_texts:
        return None
    return session.scalar(_counting(_statement(noun, asked)))


def _counting(statement: Select[Any]) -> Select[int]:
    # Only what decides which rows there are: texts would be copied to be counted.
    first = statement.exported_columns[0]
    inner = statement.with_only_columns(first).order_by(None).subquery()
    return select(func.count()).select_from(inner)


def _statement(noun: Noun, asked: Asked) -> Any:
    if noun == "articles":
        return article_statement(asked.query)
    if noun == "stories":
        return story_statement(asked)
    return revision_statement(asked) if noun == "revisions" else visit_statement(asked)


#: schema.org's word where it has one; all other columns are spelt in camel case.
_TYPES: Mapping[Noun, str | None] = {
    "stories": "Collection",
    "revisions": "NewsArticle",
    "visits": None,
}
_SCHEMA_ORG: Mapping[tuple[Noun, str], str] = {
    ("stories", "title"): "name",
    ("revisions", "number"): "version",
}


def record(noun: Noun, row: Row) -> Row:
    """Return a row of stories, revisions or visits as JSON values, without what is empty."""
    kind = _TYPES[noun]
    made: Row = {"@type": kind} if kind else {}
    for column in TABLES[noun]:
        value = row[column.name]
        if value is None or value == []:
            continue
        name = _SCHEMA_ORG.get((noun, column.name)) or _camel(column.name)
        made[name] = iso_time(value) if column.kind == "time" else value
    return made


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
