"""Further looks at stored articles: was it edited, is it gone?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import SourceDefinition
from crawler.middlewares.conditional_get import remember_listing
from crawler.middlewares.outcomes import outcome_of
from crawler.spiders.article_pages import is_own_page
from crawler.spiders.looks import now_utc
from crawler.spiders.render_choice import is_whole
from pipelines.items import ArticleItem
from pipelines.looks import LedgerError, Recheck, RecheckOutcome
from pipelines.words import folded

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

_PRIORITY = -10  # after everything new
_MISSING = [404, 410]
_KEPT = ("new", "known", "revision", "completed")


def _is_recheck(response: Response) -> bool:
    request = response.request
    return request is not None and request.meta.get("firstseen_purpose") == "recheck"


def _same(headline: str, other: str | None) -> bool:
    return other is not None and folded(headline) == folded(other)


class Rechecks:
    """Asks for stored articles again, conditionally, and hands on what changed."""

    def __init__(self, spider: NewsSpider, most_per_source: int) -> None:
        self._spider = spider
        self._most = most_per_source
        spider.crawler.signals.connect(self._stored, signals.item_scraped)
        spider.crawler.signals.connect(self._not_stored, signals.item_error)
        spider.crawler.signals.connect(self._not_stored, signals.item_dropped)

    async def requests(self, source: SourceDefinition) -> AsyncIterator[Request]:
        """Yield a request for each article of a source that is due for another look."""
        due = await self._spider.ledger.due_rechecks(source.slug, now_utc(), self._most)
        sections = {section.key: section for section in source.sections}
        for recheck in due:
            section = sections.get(recheck.section)
            if section is not None:
                await self._spider.rendering.recall(source, section)
            yield Request(
                recheck.url,
                callback=self.parse,
                errback=self.failed,
                cb_kwargs={"source": source, "recheck": recheck},
                meta={
                    "firstseen_purpose": "recheck",
                    "handle_httpstatus_list": _MISSING,  # some sites send an article with them
                    **self._spider.rendering.meta(source, section, "pages"),
                },
                priority=_PRIORITY,
                dont_filter=True,
            )

    async def parse(
        self, response: Response, source: SourceDefinition, recheck: Recheck
    ) -> AsyncIterator[ArticleItem]:
        """Yield the article as it reads now; the store decides whether anything changed."""
        at = now_utc()
        outcome = self._outcome(response, source, recheck)
        if outcome not in ("ok", "missing"):
            await self._record(recheck, outcome)
            if outcome == "unchanged":
                remember_listing(self._spider.host_state, response)
            return
        try:
            reading = await self._spider.readings.read(
                response, source, at, learn=False, listed_headline=recheck.headline
            )
        except LedgerError:
            raise  # nothing was learnt of this page
        except Exception:  # a fault of ours, and not one to be met again at every batch
            self._spider.logger.exception("page not read url=%s", response.url)
            await self._record(recheck, "failed" if outcome == "ok" else outcome)
            return
        item = reading.item
        if outcome == "missing" and not (item and _same(item.headline, recheck.headline)):
            await self._record(recheck, outcome)
        elif item is None:  # a wall, a notice, a home page: never a reason to forget the text
            await self._record(recheck, reading.kind)
        else:
            item.article_id = recheck.article_id
            item.source, item.section = source.slug, recheck.section
            item.first_seen_at, item.fetched_at = recheck.first_seen_at, at
            item.requested_url = recheck.url
            yield item

    @staticmethod
    def _outcome(response: Response, source: SourceDefinition, recheck: Recheck) -> str:
        section = next((s for s in source.sections if s.key == recheck.section), None)
        if response.status in _MISSING:
            return "missing"
        if not is_own_page(response.url, source, section):
            return "off-site"
        # what a page in part lacks is no edit
        return outcome_of(response) if is_whole(response) else "partial"

    async def failed(self, failure: Failure) -> None:
        """Note that a page could not be asked for, or gave no answer of its own."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        asked = request.meta.get("firstseen_retry_at") or getattr(failure.value, "until", None)
        await self._record(request.cb_kwargs["recheck"], outcome_of(failure), asked)

    def _stored(self, item: ArticleItem, response: Response) -> None:
        """Keep what makes the next look conditional, now that what this one showed is safe.

        A run that dies between the two would get a 304 next time and miss the edit.
        """
        if _is_recheck(response) and item.store_outcome in _KEPT:
            remember_listing(self._spider.host_state, response)

    async def _not_stored(self, item: ArticleItem, response: Response) -> None:
        """Note a look whose wording could not be kept: it waits for its next turn."""
        if _is_recheck(response) and response.request is not None:
            await self._record(response.request.cb_kwargs["recheck"], "failed")

    async def _record(self, recheck: Recheck, outcome: str, asked: datetime | None = None) -> None:
        spider = self._spider
        look = RecheckOutcome(recheck.article_id, outcome, now_utc(), not_before=asked)
        await spider.ledger.record_recheck(look)
        if spider.crawler.stats:
            spider.crawler.stats.inc_value(f"firstseen/rechecks/{outcome}")
        spider.logger.info("rechecked outcome=%s url=%s", outcome, recheck.url)
