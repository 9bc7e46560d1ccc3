"""Full-text search over the archive: one function in front of FTS5 and tsvector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pipelines.storage.alerts import article_facts, count_publishers, sightings_of
from pipelines.storage.candidates import Asked, candidate_ids
from pipelines.storage.edits import edits_of
from pipelines.storage.facts_sql import facts_condition, of_sources
from pipelines.storage.models import Article, Source
from pipelines.storage.search_index import index_article, searchable
from pipelines.watches.parsing import parse_watch
from pipelines.watches.predicate import compile_test
from pipelines.watches.prefilter import fts5_query, tsquery
from pipelines.watches.questions import counts_publishers, is_about_edits
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import Watch

__all__ = ["SearchQuery", "index_article", "iter_found", "search_articles", "searchable"]

_FIRST_ROWS, _ROWS_AT_ONCE = 50, 200  # a page is read at once, an export in larger steps

Holds = Callable[[Article, Source], bool]


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


def search_articles(session: Session, query: SearchQuery) -> list[tuple[Article, Source]]:
    """Return the articles a query means with their sources, newest first seen first."""
    return list(iter_found(session, query))


def iter_found(session: Session, query: SearchQuery) -> Iterator[tuple[Article, Source]]:
    """Yield the articles a query means with their sources, newest first seen first.

    The index finds what may match, the predicate of live matching decides: one meaning
    everywhere. Rows are read as they are needed. Raises WatchSyntaxError.
    """
    yield from islice(_iter_all(session, query), query.limit)


def _iter_all(session: Session, query: SearchQuery) -> Iterator[tuple[Article, Source]]:
    tree = query.meaning
    sources = {source.id: source for source in session.scalars(select(Source))}
    holds = _predicate(session, tree)
    for article in _candidates(session, _asked(session, query, tree, list(sources.values()))):
        source = sources.get(article.source_id) or session.get_one(Source, article.source_id)
        if holds(article, source):
            yield article, source


def _asked(
    session: Session, query: SearchQuery, tree: Watch | None, sources: Sequence[Source]
) -> Asked:
    conditions: list[ColumnElement[bool]] = []
    if query.since:
        conditions.append(Article.first_seen_at >= query.since)
    if query.until:
        conditions.append(Article.first_seen_at < query.until)
    if query.sources:
        conditions.append(of_sources([s.id for s in sources if s.slug in query.sources]))
    if tree is None:
        return Asked(None, conditions)
    facts = facts_condition(tree, sources)
    if facts is not None:
        conditions.append(facts)
    if session.get_bind().dialect.name == "sqlite":
        return Asked(fts5_query(tree), conditions)
    return Asked(tsquery(tree), conditions, tsquery(tree, placed=False))


def _candidates(session: Session, asked: Asked) -> Iterator[Article]:
    size = _FIRST_ROWS
    for ids in candidate_ids(session, asked):
        rest = iter(ids)
        while part := list(islice(rest, size)):
            query = select(Article).where(Article.id.in_(part))
            found = {article.id: article for article in session.scalars(query)}
            # An article may have gone since: another program deletes what has grown old.
            yield from (found[row_id] for row_id in part if row_id in found)
            size = _ROWS_AT_ONCE


def _predicate(session: Session, tree: Watch | None) -> Holds:
    """Return the question of live matching, put to stored articles."""
    if tree is None:
        return lambda article, source: True
    test = compile_test(tree)
    counts, edits = counts_publishers(tree), is_about_edits(tree)

    def holds(article: Article, source: Source) -> bool:
        context: dict[str, Any] = {"gone": article.gone_at is not None}
        if counts and article.story_id is not None:
            context["publishers"] = count_publishers(sightings_of(session, article.story_id))
        if edits:
            context |= edits_of(session, article.id)
        return test(ReadableArticle(article_facts(article, source), context))

    return holds
