"""Pictures of articles, fetched by the monitor: only those an article names, only pictures."""

from __future__ import annotations

from fastapi import APIRouter, Response

from pipelines.storage.models import Article
from pipelines.web.desk import Desk
from pipelines.web.pages.numbers import RowNumber
from pipelines.web.pages.rendering import site_url
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

_A_DAY = "private, max-age=86400"


def picture_routes(desk: Desk) -> APIRouter:
    """Return the route of one picture; 404 while pictures are switched off."""
    router = APIRouter()

    @router.get("/pictures/{article_id}/{number}")
    def picture(article_id: RowNumber, number: int) -> Response:
        if desk.picture is None:
            raise Problem(404, "pictures are switched off; [web] images = true switches them on")
        with reading(desk) as session:
            article = session.get(Article, article_id)
            images = article.images if article is not None else []
        url = site_url(images[number].get("url")) if 0 <= number < len(images) else None
        found = desk.picture(url) if url else None
        if found is None:
            raise Problem(404, "this picture cannot be had")
        kind, body = found
        return Response(body, headers={"Cache-Control": _A_DAY}, media_type=kind)

    return router
