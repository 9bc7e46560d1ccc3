"""Which address of an outlet answers with what."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime

from crawler.demo import listings, pages, pictures
from crawler.demo.articles import DemoArticle, wording_at
from crawler.demo.exchange import Request, Response, with_validators
from crawler.demo.newsroom import Newsroom

_XML = "application/xml; charset=utf-8"
_FEEDS: dict[str, tuple[str, Callable[[Newsroom, float], str]]] = {
    "rss": ("application/rss+xml; charset=utf-8", listings.rss),
    "atom": ("application/atom+xml; charset=utf-8", listings.atom),
    "rdf": ("application/rdf+xml; charset=utf-8", listings.rdf),
    "sitemap": (_XML, listings.sitemap_index),
}


def answer(room: Newsroom, request: Request, position: float, *, crawl_delay: float) -> Response:
    """Return the outlet's response at ``position`` of the timeline, validators included."""
    path = request.path
    response = (
        _machine_file(room, path, position, crawl_delay)
        or _page(room, path, position)
        or _article(room, request, position)
        or Response(pages.service_page(room, position, "404").encode(), status=404)
    )
    return with_validators(request, response, room.outlet.validators)


def _machine_file(
    room: Newsroom, path: str, position: float, crawl_delay: float
) -> Response | None:
    outlet = room.outlet
    if path == "/robots.txt":
        return _text(listings.robots_txt(room, crawl_delay), "text/plain; charset=utf-8")
    if path == outlet.listing_path and outlet.kind in _FEEDS:
        content_type, render = _FEEDS[outlet.kind]
        everything = outlet.kind == "sitemap"
        changed_at = room.changed_at(position, None if everything else "politics")
        return _text(render(room, position), content_type, changed_at)
    if outlet.kind == "sitemap" and path.startswith("/sitemaps/"):
        return _child_sitemap(room, path, position)
    if outlet.kind == "script" and path == f"/api{outlet.section_path}.json":
        return _text(_api(room, position), "application/json")
    if path.startswith("/media/"):
        name = path.removeprefix("/media/").removesuffix(".svg")
        photo = next((a.photo for a in room.articles if a.slug == name), None)
        return _text(pictures.draw(photo.scene if photo else "", name), "image/svg+xml")
    return None


def _child_sitemap(room: Newsroom, path: str, position: float) -> Response | None:
    outlet = room.outlet
    if path == "/sitemaps/news.xml":
        changed_at = room.changed_at(position, section=None)
        return _text(listings.news_sitemap(room, position), _XML, changed_at)
    if path == "/sitemaps/sections.xml":
        paths = ["/", *(link for _, link in outlet.nav)]
        return _text(listings.plain_sitemap(room, paths), _XML)
    if path == "/sitemaps/archive.xml.gz":
        stock = [a.path for a in room.listed(position, section=None) if a.at <= 0]
        body = gzip.compress(listings.plain_sitemap(room, stock).encode(), mtime=0)
        return Response(body, "application/gzip")
    return None


def _page(room: Newsroom, path: str, position: float) -> Response | None:
    outlet = room.outlet
    if path == "/":
        return _html(pages.home_page(room, position), room.changed_at(position, None))
    if path == outlet.section_path:
        render = pages.script_page if outlet.kind == "script" else pages.section_page
        return _html(render(room, position), room.changed_at(position))
    sections = {article.section for article in room.articles} - {"politics"}
    if path.strip("/") in sections:
        return _html(pages.section_page(room, position, path.strip("/")))
    names = {link: name for name, link in (*outlet.nav, *outlet.service)}
    if path in outlet.forms or path in {link for _, link in outlet.service}:
        return _html(pages.service_page(room, position, names.get(path, outlet.name)))
    hub, _, name = path.strip("/").partition("/")
    if path in names or (hub in ("topics", "authors", "video") and name):
        title = names.get(path) or name.replace("-", " ").title()
        return _html(pages.hub_page(room, position, title))
    return None


def _article(room: Newsroom, request: Request, position: float) -> Response | None:
    article = room.find(request.path, position)
    if article is None:
        return None
    if not article.is_up(position):
        return Response(pages.service_page(room, position, "410").encode(), status=410)
    if request.path != article.path_at(position):
        return Response(status=301, headers={"Location": room.url(article, position)})
    modified_at = room.timetable.shown(wording_at(article, position).modified_at)
    return _html(pages.article_page(room, article, position), modified_at)


def _api(room: Newsroom, position: float) -> str:
    def entry(article: DemoArticle) -> dict[str, str]:
        wording = wording_at(article, position)
        return {
            "url": article.path_at(position),
            "headline": wording.headline,
            "description": wording.description,
            "image": f"/media/{article.slug}.svg",
        }

    shown = room.listed(position)[: room.outlet.window]
    return json.dumps({"articles": [entry(article) for article in shown]}, ensure_ascii=False)


def _html(text: str, modified_at: datetime | None = None) -> Response:
    return Response(text.encode(), modified_at=modified_at)


def _text(text: str, content_type: str, modified_at: datetime | None = None) -> Response:
    return Response(text.encode(), content_type, modified_at=modified_at)
