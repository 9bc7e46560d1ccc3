"""An archive to search, and its articles as live matching reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.alerts import article_facts
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.watches.parsing import parse_watch
from pipelines.watches.predicate import compile_test
from pipelines.watches.readable import ReadableArticle
from tests.unit.watches import naive

Sessions = sessionmaker[Session]
#: Columns of an article that hold lists.
LISTS = (
    *("authors", "wire_credit", "keywords", "images", "robots_directives"),
    *("corrections", "date_flags", "cut_fields"),
)
_NAIVE = ("headline", "description", "article_body")


@dataclass(frozen=True, slots=True)
class Archive:
    """A filled database, and its articles as live matching reads them, newest first."""

    sessions: Sessions
    articles: tuple[tuple[int, ReadableArticle], ...]

    def found(self, query: str, **more: Any) -> list[int]:
        with self.sessions() as session:
            rows = search_articles(session, SearchQuery(query, **more))
            return [article.id for article, _ in rows]

    def meant(self, query: str) -> list[int]:
        holds = compile_test(parse_watch(query))
        return [row_id for row_id, readable in self.articles if holds(readable)]

    def by_trying(self, expression: naive.Expression) -> list[int]:
        """The articles that the naive reading of the language means."""
        return [row_id for row_id, texts in self._plain() if naive.holds(expression, texts)]

    def _plain(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The articles as words and spaces, which is all the naive reading knows."""
        for row_id, readable in self.articles:
            texts = {name: " ".join(readable.field(name).words) for name in _NAIVE}
            yield row_id, {**texts, "byline": ""}


def live_articles(session: Session) -> Iterator[tuple[int, ReadableArticle]]:
    """Yield the articles of a database as live matching reads them, newest first."""
    query = select(Article, Source).join(Source, Source.id == Article.source_id)
    newest = query.order_by(Article.first_seen_at.desc(), Article.id.desc())
    for article, source in session.execute(newest):
        # What the query language asks beside the article is put together by the search itself.
        context = {"gone": article.gone_at is not None}
        yield article.id, ReadableArticle(article_facts(article, source), context)
