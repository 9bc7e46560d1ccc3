"""What the model's answers say, by the quick way: listings and articles that were never bytes."""

from __future__ import annotations

from scrapy.http import Response

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.discovery.limits import choose_entries
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.extraction.article import PageReading
from crawler.spiders.article_pages import is_own_page
from pipelines.items import ArticleItem
from tests.model.server import Reply
from tests.model.world import World


class QuickReading:
    """Stands for the readers of listings and pages: thousands of histories a minute."""

    def __init__(self, world: World) -> None:
        self.world = world

    def body(self, reply: Reply) -> bytes:
        """Return bytes that are equal where the answers are."""
        if reply.page is not None:
            return f"page {reply.page.number}, version {reply.page.version}".encode()
        return repr((reply.links, reply.parts, reply.breaks_off)).encode()

    def listing(
        self, source: SourceDefinition, section: SectionDefinition, response: Response, *_: object
    ) -> Listing:
        """Return what an answer lists, as the readers would: within limits, off-site apart."""
        reply: Reply | None = response.meta.get("model_reply")
        if reply is None or reply.links is None or reply.news is None:
            if section.kind == "front":
                return Listing(links=())
            raise ListingError("an HTML page instead of a listing")
        if reply.parts:
            return Listing(links=(), child_sitemaps=reply.parts)
        own, off_site = list(reply.links), ()
        if section.kind != "feed":
            own = [link for link in own if is_own_page(link.url, source, section)]
        if section.kind == "sitemap":
            off_site = tuple(ArticleLink(x.url) for x in reply.links if x not in own)
        return self._within_limits(own, off_site, reply)

    def _within_limits(
        self, own: list[ArticleLink], off_site: tuple[ArticleLink, ...], reply: Reply
    ) -> Listing:
        assert reply.news is not None
        most, cut_at = reply.news.most, None
        if reply.news.kind == "front":
            cut = f"{most} links read" if len(own) > most else ""
            own, cut_at = own[:most], most if cut else None
        else:
            dates = [link.date_published for link in own]
            chosen = choose_entries(dates, most, now=self.world.our_time())
            own, cut, cut_at = [own[n] for n in chosen.places], chosen.cut, chosen.cut_at
        if reply.breaks_off:
            cut, cut_at = "it breaks off", None
        return Listing(links=tuple(own), off_site=off_site, cut=cut, cut_at=cut_at)

    async def page(
        self, response: Response, source: SourceDefinition, *_: object, **more: object
    ) -> PageReading:
        """Return the article of a page."""
        reply: Reply = response.meta["model_reply"]
        if reply.page is None:
            return PageReading("empty", None, "a page of maintenance")
        number, version = reply.page.number, reply.page.version
        text = f"The text of article {number} of {source.slug}, version {version}."
        return PageReading("article", ArticleItem(response.url, reply.page.headline, text), "")
