"""Decides per request whether a browser is needed; until then nothing of it is even imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from crawler.middlewares.crawl_delay import stopping_test
from crawler.middlewares.rendering_search import find_browser

if TYPE_CHECKING:
    from crawler.middlewares.rendering import Renderer


def is_rendering_wanted(request: Request) -> bool:
    """Return whether the spider asked for the page as it is after its scripts have run."""
    return bool(request.meta.get("firstseen_render"))


def is_renderable(response: Response) -> bool:
    """Return whether a response is a page that scripts could fill."""
    return response.status == 200 and isinstance(response, HtmlResponse) and bool(response.body)


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

    async def finish(self, response: Response, request: Request) -> Response:
        """Return the response, rendered where that is wanted and possible.

        Raises what ``Renderer.render`` raises.
        """
        if not is_rendering_wanted(request) or not is_renderable(response):
            return response
        if self._renderer is None:
            from crawler.middlewares.rendering import Renderer

            self._renderer = Renderer(self._crawler, is_stopping=stopping_test(self._crawler))
        return await self._renderer.render(response, self.check())

    async def close(self) -> None:
        """Let go of the browser, if one was started."""
        if self._renderer is not None:
            await self._renderer.close()
