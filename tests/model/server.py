"""Answers requests as the publisher would at that moment, in the mood it is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from crawler.discovery.links import ArticleLink
from tests.model.site import PARTS, Article, NewsList, Site

PARKED = "https://parked.example/"
_AGAIN = "?again=1"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``links`` are what it lists, in their order; None where it is no listing.

    ``as_of`` is the moment whose truth a listing shows. ``is_whole`` says whether it shows all of
    it, which only the model knows.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    links: tuple[ArticleLink, ...] | None = None
    parts: tuple[str, ...] = ()
    breaks_off: bool = False
    page: Article | None = None
    news: NewsList | None = None
    as_of: datetime | None = None
    is_whole: bool = False


class NoAnswerError(Exception):
    """The server keeps silent."""


def answer(site: Site, url: str, at: datetime, *, etag: str | None) -> Reply:
    """Return what the publisher answers to a request at a moment. Raises NoAnswerError."""
    for news in site.lists:
        stem, dot, ending = news.url.rpartition(".")
        if url.removesuffix(_AGAIN) == news.url:
            return _listing(site, news, url, at, etag=etag, part=None)
        for part in range(PARTS):
            if url == f"{stem}-part{part}{dot}{ending}":
                return _listing(site, news, url, at, etag=etag, part=part)
    return _page(site, url)


def parts_of(news: NewsList) -> tuple[str, ...]:
    """Return the addresses of the parts of an index."""
    stem, dot, ending = news.url.rpartition(".")
    return tuple(f"{stem}-part{part}{dot}{ending}" for part in range(PARTS))


def _listing(
    site: Site, news: NewsList, url: str, at: datetime, *, etag: str | None, part: int | None
) -> Reply:
    moods = site.moods
    if "silent" in moods:
        raise NoAnswerError
    if "failing" in moods or ("one part fails" in moods and part == 0):
        return Reply(500)
    if "moved away" in moods:
        return Reply(301, {"Location": PARKED})
    if "redirected" in moods and part is None and not url.endswith(_AGAIN):
        return Reply(302, {"Location": url + _AGAIN})
    if "maintenance" in moods:
        return Reply(headers=_dated(at), news=news, as_of=at)
    began = moods.get("cached") or moods.get("cached, dated anew")
    as_of = began or at
    links = _links(news, part, as_of)
    headers = _dated(began if "cached" in moods and began else at)
    if began:
        headers["Age"] = str(int((at - began).total_seconds()) + 1)
    is_lying = "lying 304" in moods
    tag = '"for ever"' if is_lying else _tag(links)
    headers["ETag"] = tag
    is_well = not {"empty", "shrunken", "broken off"} & moods.keys()
    if etag is not None and (is_lying or (etag == tag and is_well)):
        return Reply(304, headers, news=news, as_of=as_of, is_whole=not is_lying)
    links, breaks_off = _cut_down(links, moods)
    return Reply(
        headers=headers,
        links=links,
        parts=parts_of(news) if news.kind == "index" and part is None else (),
        breaks_off=breaks_off,
        news=news,
        as_of=as_of,
        is_whole=is_well,
    )


def _links(news: NewsList, part: int | None, as_of: datetime) -> tuple[ArticleLink, ...]:
    if news.kind != "index":
        return news.links_at(as_of)
    if part is None:
        return ()
    return tuple(link for link in news.links_at(as_of) if _number(link) % PARTS == part)


def _number(link: ArticleLink) -> int:
    return int((link.guid or "").removeprefix("id-"))


def _cut_down(
    links: tuple[ArticleLink, ...], moods: dict[str, datetime]
) -> tuple[tuple[ArticleLink, ...], bool]:
    if "empty" in moods:
        return (), False
    if "shrunken" in moods:
        return links[:1], False
    if "broken off" in moods:
        return links[: len(links) // 2], True
    return links, False


def _page(site: Site, url: str) -> Reply:
    if "pages fail" in site.moods:
        return Reply(503)
    if "pages all alike" in site.moods:
        return Reply()
    article = site.page_at(url)
    if article is None or "pages missing" in site.moods:
        return Reply(404)
    if article.url != url:
        return Reply(301, {"Location": article.url})
    return Reply(page=article)


def _tag(links: tuple[ArticleLink, ...]) -> str:
    return f'"{sha256(repr(links).encode()).hexdigest()[:16]}"'


def _dated(at: datetime) -> dict[str, str]:
    return {"Date": format_datetime(at, usegmt=True)}
