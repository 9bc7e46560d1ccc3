"""NewsSpider: any number of sections of any number of sources in one run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import BUNDLED_SOURCES, SectionDefinition, SourceDefinition
from crawler.discovery.address_shapes import AddressShapes
from crawler.discovery.links import Listing, ListingError
from crawler.middlewares.conditional_get import remember_listing
from crawler.middlewares.host_state import HostStateStore, host_state_of
from crawler.middlewares.outcomes import outcome_of
from crawler.middlewares.whole_response import SITEMAP_BYTES
from crawler.spiders.article_requests import ArticleRequests
from crawler.spiders.listings import read_listing
from crawler.spiders.looks import EndedLook, OpenLook, now_utc, told
from crawler.spiders.moves import describe_move, gone_elsewhere, moved_address
from crawler.spiders.readings import Readings
from crawler.spiders.rechecks import Rechecks
from crawler.spiders.render_choice import (
    RENDERED_META,
    RenderChoice,
    is_empty_front,
    is_whole,
)
from crawler.workspace import choose_sources
from pipelines.looks import Ledger, LedgerError, LookResult, MemoryLedger, PageOutcome, SectionLook
from pipelines.storage.archive import archive_of

_LISTING_PRIORITY = 100  # looks before articles: first-seen times are what we are for
_CHILD_PRIORITY = 50
_SHAPES_FROM = 300  # a source's latest article addresses, from which their shape is learnt


class NewsSpider(Spider):
    """Looks at sections, fetches what is new there, and yields ArticleItems.

    Arguments (``scrapy crawl news -a source=a,b -a section=politics``): ``source`` slugs, all
    enabled ones when absent; ``section`` keys; ``sources_folder``, the bundled catalogue when
    absent. ``definitions`` hands over ready definitions instead.
    """

    name = "news"

    def __init__(
        self,
        source: str = "",
        section: str = "",
        sources_folder: str | Path = "",
        definitions: Iterable[SourceDefinition] = (),
        **unknown: Any,
    ) -> None:
        if unknown:
            raise ValueError(
                f"unknown argument {sorted(unknown)}; known are source, section, sources_folder"
            )
        super().__init__(self.name)
        slugs = [slug for slug in source.split(",") if slug]
        folder = Path(sources_folder or BUNDLED_SOURCES)
        self.definitions = tuple(definitions) or tuple(choose_sources(folder, slugs))
        self.section_keys = frozenset(filter(None, section.split(",")))
        self.open_looks: dict[str, OpenLook] = {}
        self.ended_looks: list[EndedLook] = []
        self.page_outcomes: list[PageOutcome] = []
        self._shapes: dict[str, AddressShapes] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Take the ledger and the host state of the crawl, and its budgets."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.ledger = archive_of(crawler) or MemoryLedger()
        spider.readings = Readings(spider.ledger)
        spider.host_state = host_state_of(crawler)
        settings, archive = crawler.settings, archive_of(crawler)
        notes = archive.render_notes if archive else None
        spider.rendering = RenderChoice(notes, patience=settings.getint("RENDER_AFTER"))
        spider.articles = ArticleRequests(spider, settings.getint("ARTICLES_PER_SECTION"))
        spider.sitemaps_per_section = settings.getint("SITEMAPS_PER_SECTION")
        return spider

    ledger: Ledger
    readings: Readings
    host_state: HostStateStore
    rendering: RenderChoice
    articles: ArticleRequests
    sitemaps_per_section: int

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every section once, then for stored articles that are due for another look."""
        for source in self.definitions:
            for section in source.sections:
                if not self.section_keys or section.key in self.section_keys:
                    await self.rendering.recall(source, section)
                    yield self._look_at(source, section)
        rechecks = Rechecks(self, self.crawler.settings.getint("RECHECKS_PER_SOURCE"))
        for source in self.definitions:
            async for request in rechecks.requests(source):
                yield request

    def _look_at(
        self, source: SourceDefinition, section: SectionDefinition, *, full: bool = False
    ) -> Request:
        look = OpenLook(source, section, started_at=now_utc())
        self.open_looks[look.name] = look
        whole = {"firstseen_full_look": full, "firstseen_read_anyway": full}
        meta = {**whole, **self.rendering.meta(source, section, "front")}
        if full:
            meta.pop("firstseen_trace", None)
        return self._listing_request(section.url, look, _LISTING_PRIORITY, meta)

    def _listing_request(
        self, url: str, look: OpenLook, priority: int, meta: dict[str, Any]
    ) -> Request:
        if look.section.kind == "sitemap":
            meta = {"download_maxsize": SITEMAP_BYTES, **meta}  # 50 MB by the protocol
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            cb_kwargs={"look": look},
            meta={"firstseen_purpose": "listing", "firstseen_section": look.name, **meta},
            priority=priority,
            dont_filter=True,
        )

    # ---- looks

    async def parse_listing(self, response: Response, look: OpenLook) -> AsyncIterator[Request]:
        """Read one response of a section; when it was the last, keep the look and go on."""
        look.note_response(response)
        outcome: str = outcome_of(response)
        children: list[Request] = []
        if outcome == "ok":
            try:
                shapes = await self._known_shapes(look)
                listing = await asyncio.to_thread(
                    read_listing, look.source, look.section, response, shapes
                )
            except ListingError as error:
                elsewhere = gone_elsewhere(look, response)
                outcome = "moved" if elsewhere else "not-a-listing"
                look.detail = elsewhere or str(error)
            except LedgerError:
                raise  # nothing was learnt of this section
            except Exception as error:  # a fault of ours must not cost the other sections
                self.logger.exception("listing not read url=%s", response.url)
                outcome, look.detail = "failed", type(error).__name__
            else:
                outcome, children = self._take(listing, response, look)
        elif outcome == "unchanged":
            look.read.append(response)
        look.answered(outcome, more=len(children))
        for request in children:
            yield request
        if not look.waiting:
            async for request in self._end_look(look):
                yield request

    async def listing_failed(self, failure: Failure) -> AsyncIterator[Request]:
        """Keep a look that came to nothing."""
        look: OpenLook = failure.request.cb_kwargs["look"]  # type: ignore[attr-defined]  # Scrapy sets it
        if response := getattr(failure.value, "response", None):
            look.note_response(response)
        outcome: str = outcome_of(failure)
        if failure.request.meta.get("firstseen_child"):  # type: ignore[attr-defined]
            look.missing.append(f"{failure.request.url}: {outcome}")  # type: ignore[attr-defined]
        elif address := moved_address(look, failure.request):  # type: ignore[attr-defined]
            look.detail, outcome = describe_move(look, address), "moved"
        else:
            look.detail = look.detail or told(failure)
        look.answered(outcome)
        if not look.waiting:
            async for request in self._end_look(look):
                yield request

    def _take(
        self, listing: Listing, response: Response, look: OpenLook
    ) -> tuple[str, list[Request]]:
        """Add what a response lists to its look; return how it ended and what to ask for next."""
        advice = self._advice(listing, response, look)
        if advice == "render":
            return "", [
                self._listing_request(look.section.url, look, _LISTING_PRIORITY, RENDERED_META)
            ]
        if advice == "wait":  # that nothing is seen does not say that nothing is there
            look.detail = "lists nothing without its scripts; rendered if that happens again"
            return "needs-rendering", []
        look.hint(listing.update_interval)
        look.hub_url, look.topic_url = listing.hub_url, listing.self_url or look.section.url
        look.take(listing, response)
        if address := moved_address(look, response):
            look.detail = describe_move(look, address)
            return "moved", []
        if look.section.kind == "front" and not listing.links and is_whole(response):
            elsewhere = gone_elsewhere(look, response)
            look.detail = elsewhere or "a front without articles: another page, or a new layout"
            return "moved" if elsewhere else "nothing-listed", []
        children = self._children(listing, response, look)
        if listing.child_sitemaps and not listing.links:
            return "", children  # an index says which parts there are, not what is in them
        look.read.append(response)
        return "ok", children

    def _advice(self, listing: Listing, response: Response, look: OpenLook) -> str:
        rendered = "rendered" in response.flags
        if rendered and self.crawler.stats:
            self.crawler.stats.inc_value(f"firstseen/rendered/{look.name}")
        empty = is_empty_front(listing, response.body, rendered=rendered)
        return self.rendering.saw(
            *(look.source, look.section, "front"),
            empty=empty,
            rendered=rendered,
            whole=is_whole(response),
            links=len(listing.links),
        )

    async def _known_shapes(self, look: OpenLook) -> AddressShapes | None:
        """Return what addresses of the source's articles look like; read once per run."""
        slug = look.source.slug
        if look.section.kind != "front":
            return None
        if slug not in self._shapes:
            known = await self.ledger.known_addresses(slug, _SHAPES_FROM)
            self._shapes[slug] = AddressShapes().learn(known)
        return self._shapes[slug]

    def _children(self, listing: Listing, response: Response, look: OpenLook) -> list[Request]:
        """Return requests for the child sitemaps of a sitemap index, one level deep.

        What is not asked for makes the look partial, but for the parts of a time long over.
        """
        present = [url for url in listing.child_sitemaps if url not in listing.past_sitemaps]
        is_child = bool(response.meta.get("firstseen_child"))
        chosen = [] if is_child else present[: self.sitemaps_per_section]
        if left := len(present) - len(chosen):
            why = "an index within an index" if is_child else "crawl.sitemaps_per_section"
            look.missing.append(f"{left} of {len(present)} child sitemaps not read: {why}")
        meta = {"firstseen_child": True}
        return [self._listing_request(url, look, _CHILD_PRIORITY, meta) for url in chosen]

    async def _end_look(self, look: OpenLook) -> AsyncIterator[Request]:
        ended = look.ended()
        result = await self.ledger.record_look(ended)
        self.open_looks.pop(look.name, None)
        if result.needs_full_look:
            yield self._look_at(look.source, look.section, full=True)
            return
        if result.outcome:  # compared with earlier looks it says less than it seemed to
            ended = replace(ended, outcome=result.outcome, detail=result.detail)
        for response in look.read if ended.is_whole else ():
            remember_listing(self.host_state, response)
            self.rendering.keep_trace(look.source, look.section, response)
        self.ended_looks.append(EndedLook(ended, result))
        self._count_look(ended, result)
        for request in self.articles.of_look(look, result.to_fetch):
            yield request

    def unfinished_looks(self) -> list[SectionLook]:
        """Return the looks that the end of the run cut off."""
        return [look.ended("stopped") for look in self.open_looks.values()]

    def _count_look(self, look: SectionLook, result: LookResult) -> None:
        if self.crawler.stats:
            self.crawler.stats.inc_value(f"firstseen/looks/{look.outcome}")
        self.logger.log(
            logging.INFO if look.is_whole else logging.WARNING,
            "visited source=%s section=%s outcome=%s links=%s new=%d status=%s%s",
            look.source,
            look.section,
            look.outcome,
            "-" if look.links is None else len(look.links),
            len(result.fresh),
            look.http_status,
            f" detail={look.detail!r}" if look.detail else "",
        )
