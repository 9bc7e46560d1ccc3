"""What feed readers follow: the articles of any search, and the alerts of a watch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from pipelines.export.alert_feeds import watch_feed
from pipelines.export.feeds import MEDIA_TYPES, FeedFormat
from pipelines.export.search_feeds import search_feed
from pipelines.storage.search import SearchQuery
from pipelines.web.api.article_query import parse_words
from pipelines.web.api.parameters import Sources, Words
from pipelines.web.api.refusals import LIST_PROBLEMS, ONE_PROBLEMS
from pipelines.web.api.watches import WatchSlug
from pipelines.web.below_path import own_address
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

Form = Annotated[FeedFormat, Path(description="Atom 1.0, RSS 2.0 or JSON Feed 1.1.")]


def _responses(told: str, refusals: dict[int | str, dict[str, Any]]) -> dict[int | str, Any]:
    schemas = {form: {"type": "object" if form == "json" else "string"} for form in MEDIA_TYPES}
    content = {
        f"{kind}; charset=utf-8": {"schema": schemas[form]} for form, kind in MEDIA_TYPES.items()
    }
    return {**refusals, 200: {"description": told, "content": content}}


def feed_routes(desk: Desk) -> APIRouter:
    """Return the feeds. Readers send the token as the password of Basic authentication."""
    router = APIRouter(tags=["feeds"])

    @router.get(
        "/search/feed.{form}",
        response_class=Response,
        responses=_responses("The newest 50 articles.", {**LIST_PROBLEMS, **ONE_PROBLEMS}),
    )
    def feed_of_search(
        request: Request,
        form: Form,
        q: Words = None,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """The newest articles that a query finds; without a query, of all."""
        query = SearchQuery(q or "", sources=tuple(sources), tree=parse_words(desk, q))
        with reading(desk) as session:
            here = request.url.replace(path=own_address(request.url.path))
            return _feed(search_feed(session, query, form, self_url=str(here)), form)

    @router.get(
        "/watches/{slug}/feed.{form}",
        response_class=Response,
        responses=_responses("The newest 50 alerts.", ONE_PROBLEMS),
    )
    def feed_of_watch(slug: WatchSlug, form: Form) -> Response:
        """The newest alerts of a watch."""
        with reading(desk) as session:
            content = watch_feed(session, slug, form)
        if content is None:
            raise Problem(404, f"the watch {slug!r} has not raised an alert yet")
        return _feed(content, form)

    return router


def _feed(content: bytes, form: FeedFormat) -> Response:
    return Response(content, media_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
