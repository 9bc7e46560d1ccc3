"""The model's answers as bytes, for the real readers: feeds, sitemaps, fronts and article pages."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from random import Random

from crawler.discovery.links import ArticleLink
from tests.model.server import Reply
from tests.model.site import Article

_VOCABULARY = (
    "harbour levy council vote ferry quay budget mayor school bridge tender winter storm "
    "repair fund fishing permit hospital union strike rail tunnel museum library court ruling "
    "appeal treaty harvest drought river dam power grid price wage pension housing rent "
    "landlord tenant planning airport noise curfew festival theatre choir orchestra stadium "
    "coach league referee transfer "
)
_WORDS = _VOCABULARY.split()
_NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_MAINTENANCE = "Our pages are being renewed and will be back in the course of the day. " * 9


class WholeReading:
    """The real readers read; here is only what they are given."""

    def body(self, reply: Reply) -> bytes:
        """Return an answer's bytes."""
        if reply.page is not None:
            return _page(reply.page)
        if reply.links is None or reply.news is None:
            return _html("We will be back", f"<h1>We will be back</h1><p>{_MAINTENANCE}</p>")
        if reply.parts:
            parts = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in reply.parts)
            return f"<sitemapindex {_NS}>{parts}</sitemapindex>".encode()
        return {"feed": _feed, "front": _front}.get(reply.news.kind, _sitemap)(reply)


def _feed(reply: Reply) -> bytes:
    items = (
        f"<item><title>{link.headline}</title><link>{link.url}</link><guid>{link.guid}</guid>"
        f"{_date('pubDate', link)}</item>"
        for link in reply.links or ()
    )
    start = '<rss version="2.0"><channel><title>The Harbour</title>'
    return _ended(start, items, "</channel></rss>", reply)


def _sitemap(reply: Reply) -> bytes:
    entries = (
        f"<url><loc>{link.url}</loc><news:news><news:title>{link.headline}</news:title>"
        f"{_date('news:publication_date', link)}</news:news></url>"
        for link in reply.links or ()
    )
    return _ended(f"<urlset {_NS} {_NEWS}>", entries, "</urlset>", reply)


def _front(reply: Reply) -> bytes:
    teasers = (
        f'<article class="teaser"><h2><a href="{link.url}">{link.headline}</a></h2>'
        f"<p>What the council of Westhaven says of it.</p>{_time(link)}</article>"
        for link in reply.links or ()
    )
    start = "<!doctype html><html><head><title>News</title></head><body><main>"
    return _ended(start, teasers, "</main></body></html>", reply)


def _ended(start: str, entries: Iterable[str], end: str, reply: Reply) -> bytes:
    return (start + "".join(entries) + ("" if reply.breaks_off else end)).encode()


def _date(tag: str, link: ArticleLink) -> str:
    return f"<{tag}>{link.date_published_raw}</{tag}>" if link.date_published_raw else ""


def _time(link: ArticleLink) -> str:
    raw = link.date_published_raw
    return f'<time datetime="{raw}">{raw}</time>' if raw else ""


def _page(article: Article) -> bytes:
    rng = Random(article.number)
    text = "".join(f"<p>{' '.join(rng.choices(_WORDS, k=45)).capitalize()}.</p>" for _ in range(6))
    headline = escape(article.headline)
    body = f"<article><h1>{headline}</h1><p>By Jane Doe</p>{text}</article>"
    return _html(headline, body)


def _html(title: str, body: str) -> bytes:
    head = f"<!doctype html><html lang='en'><head><title>{title}</title></head>"
    return f"{head}<body><main>{body}</main></body></html>".encode()
