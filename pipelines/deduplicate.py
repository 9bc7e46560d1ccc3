"""Step 2: the addresses of an article, and one article once within a run without a database."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.fingerprint import text_hash
from pipelines.items import ArticleItem
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl
from pipelines.url_key import is_home_or_section, same_site, url_key

SHORTEST_TELLING_TEXT = 200  # signs; two shorter notices may share a text and still be two
_LONG_NUMBER = re.compile(r"\d{5,}")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ENDING = re.compile(r"\.[a-z]{3,5}$")
_TELLING_SLUG = 20  # signs; shorter slugs ("live", "news-2026") recur


def own_addresses(item: ArticleItem) -> dict[str, tuple[str, str]]:
    """Return the addresses that lead to this page by our own observation: key -> (url, role)."""
    listed = listed_key(item)
    found = {url_key(item.url): (item.url, "final")}
    if item.requested_url:
        found.setdefault(listed, (item.requested_url, "listed"))
        if len(found) == 2 and is_home_or_section(item.url):
            del found[url_key(item.url)]  # many may end up there; it is none of them
    return found


def listed_key(item: ArticleItem) -> str:
    """Return the key of the address that was asked for."""
    return item.listed_key or url_key(item.requested_url or item.url)


def hinted_addresses(item: ArticleItem) -> dict[str, tuple[str, str]]:
    """Return what the page says are its addresses: hints, kept only within the same site.

    A canonical address on another registrable domain is syndication, one that is a home or
    section page says nothing about this article.
    """
    hints = [(item.canonical_url, "canonical"), *((url, "other") for url in item.other_urls)]
    found: dict[str, tuple[str, str]] = {}
    for url, role in hints:
        try:
            if url and same_site(url, item.url) and not is_home_or_section(url):
                found.setdefault(url_key(url), (url, role))
        except ValueError:
            continue  # no address at all; a broken hint must not cost us the article
    return found


def article_at(session: Session, keys: Collection[str]) -> ArticleUrl | None:
    """Return the first of these addresses that we followed to an article ourselves.

    A hint alone never leads to one: sites point canonical addresses at home pages and at each
    other.
    """
    query = select(ArticleUrl).where(ArticleUrl.url_key.in_(keys), ArticleUrl.seen_as.in_(FOLLOWED))
    rows = {row.url_key: row for row in session.scalars(query)}
    return next((rows[key] for key in keys if key in rows), None)


def is_moved_address(before: str, after: str) -> bool:
    """Whether two addresses of one site look like one article's: same id, or a slug grown longer.

    Only asked where the texts are copies; two articles of one site may well share words.
    """
    one, other = (urlsplit(url).path.rstrip("/").rpartition("/")[2] for url in (before, after))
    if _ids(one) & _ids(other):
        return True
    shorter, longer = sorted((_ENDING.sub("", one), _ENDING.sub("", other)), key=len)
    return len(shorter) >= _TELLING_SLUG and longer.startswith(shorter)


def _ids(segment: str) -> set[str]:
    """Long numbers; those that are a date are in the addresses of all that day's articles."""
    return {number for number in _LONG_NUMBER.findall(segment) if not _DATE.fullmatch(number)}


def keys_of(session: Session, article: Article) -> set[str]:
    """Return the keys of all addresses that lead to an article, hinted ones too."""
    query = select(ArticleUrl.url_key).where(ArticleUrl.article_id == article.id)
    return set(session.scalars(query))


class DeduplicatePipeline:
    """Scrapy item pipeline: drops a second item of one article within one run.

    With a database the store knows more; this keeps ``scrapy crawl news -O out.jsonl`` clean.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured with a database, where dropping an item would lose an address."""
        if crawler.settings.get("FIRSTSEEN_DATABASE_URL"):
            raise NotConfigured("the store recognises articles")
        return cls()

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._texts: set[tuple[str, str]] = set()

    def process_item(self, item: ArticleItem) -> ArticleItem:
        key = url_key(item.url)
        text = (item.source, text_hash(f"{item.headline} {item.article_body}"))
        if key in self._keys:
            raise DropItem(f"seen in this run: {item.url}")
        if text in self._texts and len(item.article_body) >= SHORTEST_TELLING_TEXT:
            raise DropItem(f"same text seen in this run: {item.url}")
        self._keys.add(key)
        self._texts.add(text)
        item.lines_beside = []
        return item
