"""Step 2: is this an article we already have, under this or another address?"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.copies import MOST_CANDIDATES, CopyIndex, compare, copy_kind
from pipelines.fingerprint import Fingerprint, text_hash
from pipelines.items import ArticleItem
from pipelines.storage.models import Article, ArticleUrl
from pipelines.url_key import is_home_or_section, same_site, url_key

_SHORTEST_TELLING_TEXT = 200  # signs; two shorter notices may share a text and still be two
_LONG_NUMBER = re.compile(r"\d{5,}")
_ENDING = re.compile(r"\.[a-z]{3,5}$")
_TELLING_SLUG = 20  # signs; shorter slugs ("live", "news-2026") recur
#: Roles of addresses that led us to a page ourselves; all others are the site's own words.
FOLLOWED = ("listed", "final")


def own_addresses(item: ArticleItem) -> dict[str, tuple[str, str]]:
    """Return the addresses that lead to this page by our own observation: key -> (url, role)."""
    found = {url_key(item.url): (item.url, "final")}
    if item.requested_url:
        found.setdefault(url_key(item.requested_url), (item.requested_url, "listed"))
    return found


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


def find_same_article(
    session: Session, item: ArticleItem, source_id: int, text: Fingerprint, copies: CopyIndex
) -> Article | None:
    """Return the stored article this item is another look at, or None when it is new.

    In order of trust: the article that was asked for; an address we followed ourselves; the same
    text in the same source; nearly the same text in the same source where headline or address
    agree. A hint alone never merges: sites point canonical addresses at home pages and at each
    other.
    """
    if item.article_id is not None:
        return session.get(Article, item.article_id)
    return (
        _by_keys(session, own_addresses(item))
        or _by_text(session, item, source_id)
        or _by_likeness(session, item, source_id, text, copies)
    )


def _by_keys(session: Session, keys: Collection[str]) -> Article | None:
    """Find the article under the first of these keys that leads to one."""
    query = select(ArticleUrl).where(ArticleUrl.url_key.in_(keys), ArticleUrl.seen_as.in_(FOLLOWED))
    rows = {row.url_key: row for row in session.scalars(query)}
    known = next((rows[key] for key in keys if key in rows), None)
    return session.get(Article, known.article_id) if known else None


def _by_text(session: Session, item: ArticleItem, source_id: int) -> Article | None:
    """Find the same text in the same source, under the same headline or a hinted address.

    The text alone would not do: a page read badly may give the same boilerplate as another.
    """
    if len(item.article_body) < _SHORTEST_TELLING_TEXT:
        return None
    query = (
        select(Article)
        .where(Article.source_id == source_id, Article.text_hash == text_hash(item.article_body))
        .order_by(Article.id)
    )
    hints = set(hinted_addresses(item))
    for article in session.scalars(query):
        same_headline = text_hash(article.headline) == text_hash(item.headline)
        if same_headline or _keys_of(session, article) & hints:
            return article
    return None


def _by_likeness(
    session: Session, item: ArticleItem, source_id: int, text: Fingerprint, copies: CopyIndex
) -> Article | None:
    """Find an article that moved to another address and was edited on the way."""
    if len(item.article_body) < _SHORTEST_TELLING_TEXT:
        return None
    for known in copies.candidates(text.looked_up, MOST_CANDIDATES):
        if copy_kind(compare(text, known.text)) != "copy":
            continue
        article = session.get(Article, known.article_id)
        if article is None or article.source_id != source_id:
            continue
        same_headline = text_hash(article.headline) == text_hash(item.headline)
        if same_headline or is_moved_address(article.url, item.url):
            return article
    return None


def is_moved_address(before: str, after: str) -> bool:
    """Whether two addresses of one site look like one article's: same id, or a slug grown longer.

    Only asked where the texts are copies; two articles of one site may well share words.
    """
    one, other = (urlsplit(url).path.rstrip("/").rpartition("/")[2] for url in (before, after))
    if set(_LONG_NUMBER.findall(one)) & set(_LONG_NUMBER.findall(other)):
        return True
    shorter, longer = sorted((_ENDING.sub("", one), _ENDING.sub("", other)), key=len)
    return len(shorter) >= _TELLING_SLUG and longer.startswith(shorter)


def _keys_of(session: Session, article: Article) -> set[str]:
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
        if text in self._texts and len(item.article_body) >= _SHORTEST_TELLING_TEXT:
            raise DropItem(f"same text seen in this run: {item.url}")
        self._keys.add(key)
        self._texts.add(text)
        item.lines_beside = []
        return item
