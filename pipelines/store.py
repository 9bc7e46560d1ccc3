"""Step 3: one article, one transaction; written by one thread."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipelines.deduplicate import (
    hinted_addresses,
    listed_key,
    own_addresses,
)
from pipelines.fingerprint import Fingerprint, fingerprint, text_hash
from pipelines.group import StoryKeeper, give_back_keeper, take_keeper
from pipelines.hold_back import PageHeld, give_up_texts, hold_back, settle_page
from pipelines.items import ArticleItem, ClaimedDate
from pipelines.looks import PageOutcome
from pipelines.match import WatchKeeper
from pipelines.recheck_ladder import next_check
from pipelines.recognise import recognise
from pipelines.redesign import learn_from_beside
from pipelines.relaunch import note_relaunch
from pipelines.revise import complete, first_revision, revise
from pipelines.storage.archive import Archive, archive_of
from pipelines.storage.copies import DatabaseCopyIndex, place_among_copies
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl, Page
from pipelines.storage.pages import bound_of, count_stored, wake_pages
from pipelines.storage.search_index import index_article
from pipelines.storage.sources import find_section_id, find_source_id
from pipelines.storage.turns import take_turn
from pipelines.url_key import url_key
from pipelines.wording import known_time, wording

logger = logging.getLogger(__name__)

StoreOutcome = Literal["new", "known", "revision", "completed", "wall", "unconfirmed"]
_CLOCK_TOLERANCE = timedelta(minutes=10)  # clocks of sites are off by minutes, not by more
_STALE_AFTER = timedelta(hours=48)
#: Another address of an article is asked twice whether it still shows it.
_CHECKED_AFTER, _CHECKED_AGAIN_AFTER = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of one item: a new article, one already known, or a new wording of one.

    "completed": the rest of one that was kept from a page shown in part.

    ``held``: it was not stored, for it may be no article; ``article_id`` is then the known one's.
    """

    article_id: int | None
    outcome: StoreOutcome
    held: PageHeld | None = None


def store_article(
    session: Session,
    item: ArticleItem,
    *,
    text: Fingerprint | None = None,
    stories: StoryKeeper | None = None,
    watches: WatchKeeper | None = None,
    recheck_speed: float = 1.0,
) -> StoreResult:
    """Keep one cleaned article with its addresses, wording, copies and search entry.

    The caller owns the transaction. The same item twice is a no-op; first_seen_at is written once.
    ``text`` is the body's fingerprint, where the caller has it already; ``stories`` groups new
    articles, ``watches`` raises alerts of what is then in a story. Raises LookupError when the
    item's source was never saved.
    """
    source_id = find_source_id(session, item.source)
    take_turn(session)
    text = text or fingerprint(item.article_body)
    copies = DatabaseCopyIndex(session, known_time(item.first_seen_at, item))
    at = known_time(item.fetched_at, item)
    found = recognise(session, item, source_id, text, copies, at=at, speed=recheck_speed)
    give_up_texts(session, found, at=at, stories=stories)
    if found.held_back is not None:
        held = hold_back(session, item, source_id, text, found, at=at, speed=recheck_speed)
        return StoreResult(held.article_id, found.held_back, held)
    settle_page(session, item, source_id, at=at, stories=stories)
    article = found.article
    if article is not None and found.is_relaunch:
        note_relaunch(session, article, item, at)
    outcome: StoreOutcome = "known"
    if article is None:
        article, outcome = _add_article(session, item, source_id), "new"
        place_among_copies(session, article, text, copies)
        if stories is not None:
            stories.group_into_story(session, article)
        count_stored(session, item.visit_id)
    elif complete(session, article, item, text):
        outcome = "completed"
    elif revise(session, article, item, text):
        outcome = "revision"
    learn_from_beside(session, article, item, at)
    _add_addresses(session, article, item)
    if item.article_id is not None and url_key(item.url) in own_addresses(item):
        article.url = item.url  # it lives where it was last found
    article.last_checked_at, article.missing_since = at, None
    article.gone_at = None  # what can be read has come back
    article.next_check_at = next_check(article.first_seen_at, at, speed=recheck_speed)
    wake_pages(session, source_id, item.url, at)
    if watches is not None and outcome != "known":
        match = watches.match_edit if outcome == "revision" else watches.match_new
        match(session, article)
    return StoreResult(article.id, outcome)


def _add_article(session: Session, item: ArticleItem, source_id: int) -> Article:
    seen_at = known_time(item.first_seen_at, item)
    not_seen_at = bound_of(session, source_id, item.listed_headline, item.not_seen_at)
    article = Article(
        source_id=source_id,
        section_id=find_section_id(session, source_id, item.section),
        first_seen_at=seen_at,
        not_seen_at=not_seen_at,
        baseline=item.baseline,
        arrival="baseline" if item.baseline else item.arrival,
        date_flags=date_flags(item.date_published, seen_at, not_seen_at),
        **wording(item),
    )
    session.add(article)
    session.flush()
    index_article(session, article)
    session.add(first_revision(article, item))
    return article


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


def _add_addresses(session: Session, article: Article, item: ArticleItem) -> None:
    """Make the item's addresses lead to the article: ours always, hinted ones where they are free.

    A page can claim any address of its site; when the true page comes, it takes its address back.
    """
    own, hinted = own_addresses(item), hinted_addresses(item)
    query = select(ArticleUrl).where(ArticleUrl.url_key.in_([*own, *hinted]))
    rows = {row.url_key: row for row in session.scalars(query)}
    seen_at = known_time(item.fetched_at, item)
    for key, (url, role) in (hinted | own).items():
        row = rows.get(key)
        if row is None:
            row = ArticleUrl(url_key=key, first_seen_at=seen_at)
            session.add(row)
        elif row.seen_as in FOLLOWED or key not in own:
            if row.article_id == article.id and key in own:
                _confirm(row, item, seen_at)
            continue
        row.article_id, row.url, row.seen_as = article.id, url, role
        if key in own:
            is_alias = role == "final" and key != url_key(article.url)
            row.check_at = seen_at + _CHECKED_AFTER if is_alias else None
            row.text_hash, row.confirmed_at = text_hash(item.article_body), seen_at
    if page := session.get(Page, listed_key(item)):
        session.delete(page)  # it failed before; now it is an article
    session.flush()


def _confirm(row: ArticleUrl, item: ArticleItem, at: datetime) -> None:
    """Note that an address still shows its article, and whether that is asked once more."""
    if row.check_at is not None and row.check_at <= at:
        is_first = row.check_at - row.first_seen_at < _CHECKED_AGAIN_AFTER
        row.check_at = at + _CHECKED_AGAIN_AFTER if is_first else None
    row.text_hash, row.confirmed_at = text_hash(item.article_body), at


def store_once_more(session: Session, item: ArticleItem, **more: Any) -> StoreResult:
    """Store an item; when another program stores the same one meanwhile, find theirs.

    ``more`` as for ``store_article``.
    """
    try:
        with session.begin_nested():
            return store_article(session, item, **more)
    except IntegrityError:
        _forget(**more)
        return store_article(session, item, **more)
    except Exception:
        _forget(**more)
        raise


def _forget(
    stories: StoryKeeper | None = None, watches: WatchKeeper | None = None, **_more: Any
) -> None:
    if stories is not None:
        stories.forget()
    if watches is not None:
        watches.forget()


def _watch_keeper(crawler: Crawler) -> WatchKeeper | None:
    folder = crawler.settings.get("FIRSTSEEN_WATCHES")
    if not folder:
        return None
    hours = crawler.settings.getfloat("FIRSTSEEN_ALERT_HOURS", 24.0)
    return WatchKeeper.of_folder(Path(folder), oldest=timedelta(hours=hours))


class StorePipeline:
    """Scrapy item pipeline: stores every article in FIRSTSEEN_DATABASE_URL.

    Not configured without that setting, so that ``scrapy crawl news -O out.jsonl`` needs no
    database. FIRSTSEEN_WATCHES names the folder of watch files; without it nothing is alerted.
    """

    def __init__(self, archive: Archive, crawler: Crawler) -> None:
        self._archive = archive
        self._url = str(crawler.settings["FIRSTSEEN_DATABASE_URL"])
        self._stories = take_keeper(self._url)
        self._watches = _watch_keeper(crawler)
        if self._watches is not None:
            archive.when_gone = self._watches.match_gone
        self._stats, self._crawler = crawler.stats, crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        archive = archive_of(crawler)
        if archive is None:
            raise NotConfigured("FIRSTSEEN_DATABASE_URL is not set")
        return cls(archive, crawler)

    def close_spider(self) -> None:
        """Leave the stories in memory to the next crawl."""
        give_back_keeper(self._url, self._stories)

    async def process_item(self, item: ArticleItem) -> ArticleItem:
        text = await asyncio.to_thread(fingerprint, item.article_body)
        result = await self._archive.write(
            lambda session: store_once_more(
                session,
                item,
                text=text,
                stories=self._stories,
                watches=self._watches,
                recheck_speed=self._archive.recheck_speed,
            )
        )
        item.lines_beside = []  # no output shows them
        item.store_outcome = result.outcome
        self._tell(item, result)
        return item

    def _tell(self, item: ArticleItem, result: StoreResult) -> None:
        """Count and log what became of one item."""
        held, names = result.held, (item.source, item.section)
        kind = "stored" if held is None else "pages" if held.page else "rechecks"
        if self._stats:
            self._stats.inc_value(f"firstseen/{kind}/{result.outcome}")
        if held is not None and held.page is not None:
            self._pages().append(held.page)
        told = "stored" if held is None else "held back"
        line = f"{told} source=%s section=%s outcome=%s url=%s"
        logger.info(line, *names, result.outcome, item.url)

    def _pages(self) -> list[PageOutcome]:
        """The spider's list of the pages of this run that gave no article."""
        pages: list[PageOutcome] = getattr(self._crawler.spider, "page_outcomes", [])
        return pages
