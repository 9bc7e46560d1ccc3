"""Step 3: one article, one transaction; written by one thread."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipelines.deduplicate import FOLLOWED, find_same_article, hinted_addresses, own_addresses
from pipelines.fingerprint import text_hash
from pipelines.items import ArticleItem, ClaimedDate
from pipelines.storage.archive import Archive, archive_of
from pipelines.storage.models import Article, ArticleUrl, Page, Revision
from pipelines.storage.search import index_article
from pipelines.storage.sources import find_section_id, find_source_id
from pipelines.storage.visits import count_stored
from pipelines.url_key import url_key

logger = logging.getLogger(__name__)

StoreOutcome = Literal["new", "known", "revision"]
_CLOCK_TOLERANCE = timedelta(minutes=10)  # clocks of sites are off by minutes, not by more
_STALE_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of one item: a new article, one already known, or a new wording of one."""

    article_id: int
    outcome: StoreOutcome


def store_article(
    session: Session, item: ArticleItem, *, visit_id: int | None = None
) -> StoreResult:
    """Keep one cleaned article with its addresses, wording and search entry.

    The caller owns the transaction. The same item twice is a no-op; first_seen_at is written once.
    Raises LookupError when the item's source was never saved.
    """
    source_id = find_source_id(session, item.source)
    article = find_same_article(session, item, source_id)
    outcome: StoreOutcome = "known"
    if article is None:
        article, outcome = _add_article(session, item, source_id), "new"
        count_stored(session, visit_id)
    elif article.text_hash != text_hash(item.article_body):
        _add_revision(session, article, item)
        outcome = "revision"
    _add_addresses(session, article, item)
    return StoreResult(article.id, outcome)


def _add_article(session: Session, item: ArticleItem, source_id: int) -> Article:
    seen_at = _known_time(item.first_seen_at, item)
    article = Article(
        source_id=source_id,
        section_id=find_section_id(session, source_id, item.section),
        first_seen_at=seen_at,
        not_seen_at=item.not_seen_at,
        baseline=item.baseline,
        date_flags=date_flags(item.date_published, seen_at, item.not_seen_at),
        **_wording(item),
    )
    session.add(article)
    session.flush()
    index_article(session, article)
    session.add(_revision_row(article, item, number=1))
    return article


def _known_time(at: datetime | None, item: ArticleItem) -> datetime:
    if at is None:
        raise ValueError(f"an article needs its times: {item.url}")
    return at


_SAME_NAMES = (
    *("url", "canonical_url", "headline", "alternative_headline", "description", "article_body"),
    *("byline", "authors", "dateline", "wire_credit", "article_section", "keywords"),
    *("in_language", "is_accessible_for_free", "robots_directives", "tdm_reserved", "corrections"),
    *("evidence", "cut_fields", "parser_version"),
)


def _wording(item: ArticleItem) -> dict[str, Any]:
    """Return the columns that describe the article as it was read now."""
    return {
        **{name: getattr(item, name) for name in _SAME_NAMES},
        **_date_columns("date_published", item.date_published),
        **_date_columns("date_modified", item.date_modified),
        "images": [asdict(image) for image in item.images],
        "fetched_at": _known_time(item.fetched_at, item),
        "text_hash": text_hash(item.article_body),
    }


def _date_columns(name: str, date: ClaimedDate | None) -> dict[str, Any]:
    return {
        name: date.at if date else None,
        f"{name}_source": date.source if date else None,
        f"{name}_precision": date.precision if date else None,
        f"{name}_raw": date.raw[:200] if date else None,
    }


def date_flags(
    claimed: ClaimedDate | None, first_seen_at: datetime, not_seen_at: datetime | None
) -> list[str]:
    """Return what is odd about a claimed date of publication: "future", "backdated", "stale"."""
    if claimed is None:
        return []
    # A bare day may be any moment of it, in any time zone.
    slack = _CLOCK_TOLERANCE if claimed.precision != "day" else timedelta(hours=36)
    flags = []
    if claimed.at > first_seen_at + slack:
        flags.append("future")
    if not_seen_at is not None and claimed.at < not_seen_at - slack:
        flags.append("backdated")
    if claimed.at < first_seen_at - _STALE_AFTER - slack:
        flags.append("stale")
    return flags


def _add_revision(session: Session, article: Article, item: ArticleItem) -> None:
    query = select(Revision.number).where(Revision.article_id == article.id)
    last = max(session.scalars(query), default=0)
    session.add(_revision_row(article, item, number=last + 1))
    before = Article(
        headline=article.headline,
        description=article.description,
        article_body=article.article_body,
    )
    for name, value in _wording(item).items():
        setattr(article, name, value)
    index_article(session, article, replaced=before)


def _revision_row(article: Article, item: ArticleItem, *, number: int) -> Revision:
    return Revision(
        article_id=article.id,
        number=number,
        observed_at=_known_time(item.fetched_at, item),
        headline=item.headline,
        description=item.description,
        article_body=item.article_body,
        text_hash=text_hash(item.article_body),
    )


def _add_addresses(session: Session, article: Article, item: ArticleItem) -> None:
    """Make the item's addresses lead to the article: ours always, hinted ones where they are free.

    A page can claim any address of its site; when the true page comes, it takes its address back.
    """
    own, hinted = own_addresses(item), hinted_addresses(item)
    query = select(ArticleUrl).where(ArticleUrl.url_key.in_([*own, *hinted]))
    rows = {row.url_key: row for row in session.scalars(query)}
    seen_at = _known_time(item.fetched_at, item)
    for key, (url, role) in (hinted | own).items():
        row = rows.get(key)
        if row is None:
            row = ArticleUrl(url_key=key, first_seen_at=seen_at)
            session.add(row)
        elif key not in own or row.seen_as in FOLLOWED:
            continue
        row.article_id, row.url, row.seen_as = article.id, url, role
    if item.requested_url and (page := session.get(Page, url_key(item.requested_url))):
        session.delete(page)  # it failed before; now it is an article
    session.flush()


def store_once_more(
    session: Session, item: ArticleItem, *, visit_id: int | None = None
) -> StoreResult:
    """Store an item; when another program stores the same one meanwhile, find theirs."""
    try:
        with session.begin_nested():
            return store_article(session, item, visit_id=visit_id)
    except IntegrityError:
        return store_article(session, item, visit_id=visit_id)


class StorePipeline:
    """Scrapy item pipeline: stores every article in FIRSTSEEN_DATABASE_URL.

    Not configured without that setting, so that ``scrapy crawl news -O out.jsonl`` needs no
    database.
    """

    def __init__(self, archive: Archive, crawler: Crawler) -> None:
        self._archive = archive
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        archive = archive_of(crawler)
        if archive is None:
            raise NotConfigured("FIRSTSEEN_DATABASE_URL is not set")
        return cls(archive, crawler)

    async def process_item(self, item: ArticleItem) -> ArticleItem:
        visit_id = item.visit_id
        future = self._archive.writer.submit(
            lambda session: store_once_more(session, item, visit_id=visit_id)
        )
        try:
            result: StoreResult = await asyncio.wrap_future(future)
        except Exception as error:
            self._archive.fail(error)
            raise
        if self._stats:
            self._stats.inc_value(f"firstseen/stored/{result.outcome}")
        logger.info(
            "stored source=%s section=%s outcome=%s url=%s",
            item.source,
            item.section,
            result.outcome,
            item.url,
        )
        return item
