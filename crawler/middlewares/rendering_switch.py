"""Decides per request whether a browser is needed; until then nothing of it is even imported."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from crawler.middlewares.crawl_delay import stopping_test
from crawler.middlewares.rendering_search import find_browser
from crawler.middlewares.rendering_trace import Inquiry, PageTrace, Part, ask_for_parts

if TYPE_CHECKING:
    from crawler.middlewares.rendering import Renderer


def is_rendering_wanted(request: Request) -> bool:
    """Return whether the spider asked for the page as it is after its scripts have run."""
    return bool(request.meta.get("firstseen_render"))


def is_renderable(response: Response) -> bool:
    """Return whether a response is a page that scripts could fill."""
    return response.status == 200 and isinstance(response, HtmlResponse) and bool(response.body)


Fetch = Callable[[Request], Awaitable[Response]]


class Rendering:
    """The renderer of one crawl, made when the first page needs it.

    Playwright takes 0.3 s to import, its driver 130 MB, the browser 300 MB: a crawl without a
    page that needs them pays for none.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._renderer: Renderer | None = None

    def check(self) -> Path:
        """Return the browser that would be started. Raises NoBrowser."""
        configured = self._crawler.settings.get("RENDER_BROWSER") or ""
        return find_browser(configured, environ=os.environ, home=Path.home())

    async def page(self, request: Request, fetch: Fetch) -> Response:
        """Return the page, rendered where it can be; its host's lane must be held.

        With a PageTrace in ``meta["firstseen_trace"]`` all it was made of is asked for first, and
        where nothing changed the response is flagged "unchanged" instead. After a rendering
        ``meta["firstseen_trace_found"]`` is the new trace, None where there is none to keep. A page
        that was not shown whole is flagged "partial", and ``meta["firstseen_partial"]`` tells the
        operator what was missing. ``fetch`` sends a request. Raises what Renderer.render raises.
        """
        request.meta.pop("firstseen_partial", None)  # of an earlier try
        trace: PageTrace | None = request.meta.get("firstseen_trace")
        inquiry = Inquiry(False, {})
        if trace is not None and trace.page.url == request.url:
            seconds = self._crawler.settings.getfloat("RENDER_SECONDS")
            inquiry = await ask_for_parts(trace, self._download, seconds=seconds)
        if trace is None or not inquiry.unchanged:
            return await self._finish(await fetch(request), request, inquiry.answers)
        request.meta["firstseen_conditional"] = bool(trace.page.validators)
        request.headers.update(trace.page.validators)
        try:
            response = await fetch(request)
        finally:
            for name in trace.page.validators:  # a redirect or a retry would take them along
                request.headers.pop(name, None)
        if trace.page.is_same(response):
            self._crawler.stats.inc_value("rendering/spared")
            return response.replace(flags=[*response.flags, "unchanged"])
        return await self._finish(response, request, inquiry.answers)

    async def _finish(
        self, response: Response, request: Request, at_hand: Mapping[str, Response]
    ) -> Response:
        if not is_renderable(response):
            return response
        if self._renderer is None:
            from crawler.middlewares.rendering import Renderer

            self._renderer = Renderer(self._crawler, is_stopping=stopping_test(self._crawler))
        shown, asked = await self._renderer.render(response, self.check(), at_hand)
        if asked.told:
            request.meta["firstseen_partial"] = asked.told
        request.meta["firstseen_trace_found"] = asked.parts is not None and PageTrace.of(
            Part.of(request.url, response, headers={}, is_data=False),
            asked.parts,
            rendered_at=datetime.now(UTC),
        )
        return shown

    async def _download(self, request: Request) -> Response:
        assert self._crawler.engine is not None
        return await self._crawler.engine.download_async(request)

    async def close(self) -> None:
        """Let go of the browser, if one was started."""
        if self._renderer is not None:
            await self._renderer.close()
