"""Finds the articles a list or a search asks for, page by page, newest first seen first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.alerts import article_facts
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, iter_found
from pipelines.watch_files import WatchFileError, load_lists
from pipelines.watches.parsing import parse_watch
from pipelines.watches.predicate import compile_test
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.syntax_error import WatchSyntaxError
from pipelines.watches.tree import AllOf, Meta, Watch
from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem

_TICK = timedelta(microseconds=1)  # times are kept to the microsecond
Found = tuple[Article, Source]


@dataclass(frozen=True, slots=True)
class ArticleQuery:
    """What is asked for; None and empty: everything."""

    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    language: str | None = None
    story_id: int | None = None


def parse_words(desk: Desk, words: str | None) -> Watch | None:
    """Return the query of the watch language; None: there is none. Raises Problem (400)."""
    if not words or not words.strip():
        return None
    try:
        lists = load_lists(desk.watches_folder) if desk.watches_folder else {}
    except WatchFileError:
        lists = {}  # `firstseen watches check` tells of it; other queries must not suffer
    try:
        return parse_watch(words, lists=lists)
    except WatchSyntaxError as error:
        raise Problem(
            400,
            str(error),
            parameter="q",
            line=error.line,
            column=error.column,
            expected=list(error.expected),
            suggestion=error.suggestion,
        ) from None


def find_page(
    session: Session, query: ArticleQuery, tree: Watch | None, *, cursor: str | None, limit: int
) -> tuple[list[Found], str | None]:
    """Return a page of articles with their sources, and the cursor of the next; None: the last.

    Raises Problem (400) for a cursor of another list.
    """
    place = cast("list[Any] | None", read_cursor(cursor, ("articles", query), (datetime, int)))
    found: list[Found] = []
    rows = _rows_after(session, query, tree, place)
    for row in rows:
        if len(found) == limit:
            last = found[-1][0]
            following = cursor_text(("articles", query), (last.first_seen_at, last.id))
            return found, following
        found.append(row)
    return found, None


def _rows_after(
    session: Session,
    query: ArticleQuery,
    tree: Watch | None,
    place: list[Any] | None,
) -> Iterator[Found]:
    """Articles of one moment are ordered by their numbers, which no bound of time tells."""
    if place is not None:
        last_at: datetime = place[0]
        until = last_at + _TICK if last_at < datetime.max.replace(tzinfo=last_at.tzinfo) else None
        query = replace(query, until=min(filter(None, (query.until, until)), default=None))
    rows = _of_story(session, query, tree) if query.story_id else _searched(session, query, tree)
    for article, source in rows:
        if place is None or [article.first_seen_at, article.id] < place:
            yield article, source


def _searched(session: Session, query: ArticleQuery, tree: Watch | None) -> Iterator[Found]:
    if query.language is not None:
        is_in = Meta("lang", query.language.lower())
        tree = is_in if tree is None else AllOf((tree, is_in))
    return iter_found(
        session,
        SearchQuery(since=query.since, until=query.until, sources=query.sources, tree=tree),
    )


def _of_story(session: Session, query: ArticleQuery, tree: Watch | None) -> Iterator[Found]:
    """A story has few articles, so each is put to the query."""
    statement = select(Article, Source).join(Source, Article.source_id == Source.id)
    statement = statement.where(Article.story_id == query.story_id)
    if query.since:
        statement = statement.where(Article.first_seen_at >= query.since)
    if query.until:
        statement = statement.where(Article.first_seen_at < query.until)
    if query.sources:
        statement = statement.where(Source.slug.in_(query.sources))
    is_in = Meta("lang", query.language.lower()) if query.language else None
    tests = [compile_test(part) for part in (tree, is_in) if part is not None]
    ordered = statement.order_by(Article.first_seen_at.desc(), Article.id.desc())
    for article, source in session.execute(ordered):
        readable = ReadableArticle(article_facts(article, source), {"gone": bool(article.gone_at)})
        if all(test(readable) for test in tests):
            yield article, source
