"""Articles, one article, its wordings, and the search."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.excerpts import MOST_EXCERPTS, excerpt
from pipelines.storage.alerts import article_facts
from pipelines.storage.edits import edits_of
from pipelines.storage.models import Article, ArticleUrl, Source
from pipelines.storage.revisions import article_history
from pipelines.watches.predicate import matching_spans
from pipelines.watches.questions import is_about_edits
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import Watch
from pipelines.web.api import article_models as described
from pipelines.web.api.answers import answer, answer_page
from pipelines.web.api.article_query import ArticleQuery, Found, find_page, parse_words
from pipelines.web.api.parameters import (
    Cursor,
    Language,
    Limit,
    Number,
    Since,
    Sources,
    Until,
    Words,
)
from pipelines.web.api.records import article_record, revision_record
from pipelines.web.api.refusals import LIST_PROBLEMS, ONE_PROBLEMS
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

_MOST_SPANS = 200

Text = Annotated[bool, Query(description="With `articleBody` and `evidence`.")]
StoryNumber = Annotated[
    int | None, Query(ge=1, le=2**63 - 1, description="Only of this story, by its number.")
]


def article_routes(desk: Desk) -> APIRouter:
    """Return the routes on articles."""
    router = APIRouter(tags=["articles"])

    @router.get("/articles", response_model=described.ArticlePage, responses=LIST_PROBLEMS)
    def list_articles(
        request: Request,
        q: Words = None,
        since: Since = None,
        until: Until = None,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
        language: Language = None,
        story: StoryNumber = None,
        text: Text = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Articles, newest first seen first."""
        query = ArticleQuery(q, since, until, tuple(sources), language, story)
        tree = parse_words(desk, q)
        with reading(desk) as session:
            found, following = find_page(session, query, tree, cursor=cursor, limit=limit)
            records = [article_record(article, source, whole=text) for article, source in found]
        return answer_page(request, records, following)

    @router.get("/articles/{number}", response_model=described.Article, responses=ONE_PROBLEMS)
    def one_article(number: Number) -> Response:
        """One article with its text, its evidence and every address it was seen under."""
        with reading(desk) as session:
            article, source = _article(session, number)
            record = article_record(article, source, whole=True)
            urls = select(ArticleUrl.url).where(ArticleUrl.article_id == number)
            record["alsoAt"] = sorted(set(session.scalars(urls)) - {article.url})
        return answer(record)

    @router.get(
        "/articles/{number}/revisions",
        response_model=described.Wordings,
        responses=ONE_PROBLEMS,
    )
    def wordings(number: Number) -> Response:
        """Every wording of an article, the first one first, with its text."""
        with reading(desk) as session:
            history = article_history(session, number)
            records = [revision_record(row, whole=True) for row in history.wordings]
        return answer({"items": records})

    @router.get("/search", response_model=described.SearchPage, responses=LIST_PROBLEMS)
    def search(
        request: Request,
        q: Annotated[str, *Words.__metadata__, Query(min_length=1)],
        since: Since = None,
        until: Until = None,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
        language: Language = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Response:
        """What a query of the watch language finds, newest first seen first, and on which words."""
        query = ArticleQuery(q, since, until, tuple(sources), language)
        tree = parse_words(desk, q)
        with reading(desk) as session:
            found, following = find_page(session, query, tree, cursor=cursor, limit=limit)
            hits = [_hit(session, row, tree) for row in found]
        return answer_page(request, hits, following)

    return router


def _article(session: Session, number: int) -> Found:
    found = session.execute(
        select(Article, Source)
        .join(Source, Article.source_id == Source.id)
        .where(Article.id == number)
    ).one_or_none()
    if found is None:
        raise Problem(404, f"there is no article {number}")
    return found[0], found[1]


def _hit(session: Session, found: Found, tree: Watch | None) -> dict[str, Any]:
    article, source = found
    hit: dict[str, Any] = {"article": article_record(article, source, whole=False)}
    if tree is None:
        return hit | {"spans": [], "excerpts": []}
    facts = article_facts(article, source)
    context = edits_of(session, article.id) if is_about_edits(tree) else {}
    readable = ReadableArticle(facts, context)
    spans = matching_spans(tree, readable)
    excerpts = [excerpt(span, readable) for span in spans[:MOST_EXCERPTS]]
    hit["spans"] = [
        {"field": _json_name(span.field), "start": span.start, "end": span.end}
        for span in spans[:_MOST_SPANS]
    ]
    hit["excerpts"] = [{**one, "field": _json_name(one["field"])} for one in excerpts]
    return hit


def _json_name(field: str) -> str:
    head, *rest = field.split("_")
    return head + "".join(part.capitalize() for part in rest)
