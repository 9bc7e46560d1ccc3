"""Fetches what sections list, hands on the articles, and keeps why an address gave none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.extraction.article import PageReading
from crawler.middlewares.outcomes import outcome_of
from crawler.spiders.article_pages import complete_item, is_own_page
from crawler.spiders.looks import OpenLook, now_utc, told
from crawler.spiders.page_retries import is_sent, next_try
from crawler.spiders.render_choice import RENDERED_META, is_empty_page, is_whole
from pipelines.items import PAGE_IN_PART, ArticleItem
from pipelines.looks import LedgerError, LinkToFetch, PageOutcome

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

#: A page that was shown in part is asked for again; then what there is of an article is kept.
_TRIES_FOR_ALL = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """One address to be fetched, and who listed it."""

    source: SourceDefinition
    section: SectionDefinition
    found: LinkToFetch


class ArticleRequests:
    """The articles of one run. Every address is asked for once, every section has a budget."""

    def __init__(self, spider: NewsSpider, most_per_section: int) -> None:
        self._spider = spider
        self._most = most_per_section
        self._asked: set[str] = set()  # url keys requested in this run
        self._left: dict[str, int] = {}

    def of_look(self, look: OpenLook, found: Iterable[LinkToFetch]) -> Iterator[Request]:
        """Yield requests for what a look found, within the budget of its section."""
        left = self._left.setdefault(look.name, self._most)
        for link in found:
            if left <= 0:
                names = look.name.split("/")
                self._spider.logger.warning("budget spent source=%s section=%s", *names)
                break
            if link.link.url_key not in self._asked:
                self._asked.add(link.link.url_key)
                left -= 1
                wanted = Wanted(look.source, look.section, link)
                meta = self._spider.rendering.meta(look.source, look.section, "pages")
                yield self._request(wanted, meta)
        self._left[look.name] = left

    def _request(self, wanted: Wanted, meta: dict[str, Any]) -> Request:
        return Request(
            wanted.found.link.url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"wanted": wanted},
            meta={"firstseen_purpose": "article", **meta},
            dont_filter=True,
        )

    async def parse(
        self, response: Response, wanted: Wanted
    ) -> AsyncIterator[ArticleItem | Request]:
        """Read an article page; keep the reason where it holds no article."""
        arrived_at = now_utc()
        outcome: str = outcome_of(response)
        if not is_own_page(response.url, wanted.source, wanted.section):
            outcome = "off-site"
        if outcome != "ok":
            await self._no_article(wanted, outcome)
            return
        try:
            reading = await self._spider.readings.read(
                response,
                wanted.source,
                arrived_at,
                learn=is_whole(response),
                listed_headline=wanted.found.link.headline,
            )
        except LedgerError:
            raise  # nothing was learnt of this page
        except Exception as error:  # a fault of ours must not cost the other articles
            self._spider.logger.exception("page not read url=%s", response.url)
            await self._no_article(wanted, "failed", detail=type(error).__name__)
            return
        if not is_whole(response) and not _is_kept_in_part(reading, wanted):
            missing = response.meta.get("firstseen_partial", "")
            await self._no_article(wanted, "partial", detail=missing)
        elif self._is_to_be_rendered(response, reading, wanted):
            yield self._request(wanted, RENDERED_META)
        elif reading.item is None:
            await self._no_article(wanted, reading.kind, detail=reading.reason)
        else:
            source, section = wanted.source, wanted.section
            self._count(f"firstseen/articles/{source.slug}/{section.key}")
            item = reading.item
            item.cut_fields += [] if is_whole(response) else [PAGE_IN_PART]
            yield complete_item(item, source, section, wanted.found, fetched_at=arrived_at)

    def _is_to_be_rendered(self, response: Response, reading: PageReading, wanted: Wanted) -> bool:
        empty = is_empty_page(reading.kind, response.body)
        if reading.item is None and not empty:
            return False  # a video, a notice, a wall: no page to learn from
        rendered = "rendered" in response.flags
        advice = self._spider.rendering.saw(
            *(wanted.source, wanted.section, "pages"),
            empty=empty,
            rendered=rendered,
            whole=is_whole(response),
        )
        return advice == "render"

    async def failed(self, failure: Failure) -> None:
        """Keep why an article page could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        response = getattr(failure.value, "response", None)
        outcome: str = outcome_of(failure)
        if response is not None and outcome.startswith("http-"):
            outcome = f"http-{response.status}"
        asked = request.meta.get("firstseen_retry_at") or getattr(failure.value, "until", None)
        wanted: Wanted = request.cb_kwargs["wanted"]
        sent = is_sent(request, outcome)
        await self._no_article(wanted, outcome, detail=told(failure), asked=asked, sent=sent)

    async def _no_article(
        self,
        wanted: Wanted,
        outcome: str,
        *,
        detail: str = "",
        asked: datetime | None = None,
        sent: bool = True,
    ) -> None:
        at, found = now_utc(), wanted.found
        page = PageOutcome(
            url=found.link.url,
            url_key=found.link.url_key,
            source=wanted.source.slug,
            outcome=outcome,
            at=at,
            retry_at=next_try(outcome, tries=found.tries + sent, now=at, asked=asked),
            visit_id=found.visit_id,
            detail=detail,
            section=wanted.section.key,
            sent=sent,
        )
        spider = self._spider
        await spider.ledger.record_page(page)
        spider.page_outcomes.append(page)
        self._count(f"firstseen/pages/{outcome}")
        spider.logger.info("no article source=%s outcome=%s url=%s", page.source, outcome, page.url)

    def _count(self, key: str) -> None:
        if self._spider.crawler.stats:
            self._spider.crawler.stats.inc_value(key)


def _is_kept_in_part(reading: PageReading, wanted: Wanted) -> bool:
    return reading.item is not None and wanted.found.tries + 1 >= _TRIES_FOR_ALL
