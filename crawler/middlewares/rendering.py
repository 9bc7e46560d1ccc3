"""Runs the scripts of a fetched page in a browser, for the sections that need it and no others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.middlewares.crawl_delay import RunStopped
from crawler.middlewares.outcomes import FetchFailure
from crawler.middlewares.rendering_browser import BrowserGone, RunningBrowser, SharedBrowser
from crawler.middlewares.rendering_requests import PageRequests
from crawler.middlewares.rendering_rest import RenderTimeout, come_to_rest

logger = logging.getLogger(__name__)

ASK_SHARE = 0.6  # of a page's time, in which it may ask for something
WAIT_SHARE = 0.85  # in which it should have got all that; the rest is for reading it
_CLOSE_SECONDS = 5.0
_contexts = count(1)
#: The browser of the page that the current task shows.
_BROWSER: ContextVar[Browser] = ContextVar("browser")


class RenderFailed(FetchFailure):
    """The browser could not show the page."""

    outcome = "render-failed"


class _Provider:
    """Hands scrapy-playwright the browser that is running, so that it starts none of its own."""

    def __init__(self, config: object) -> None:
        """Take no notice of how scrapy-playwright would start one."""

    async def start(self) -> None:
        """Start nothing: Node's driver alone is 130 MB."""

    async def launch_browser(self) -> Browser:
        """Return the browser of the page under way."""
        return _BROWSER.get()

    async def close(self) -> None:
        """Leave the shared browser to the others."""


class _Pages(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it has no types
    """scrapy-playwright's pages and contexts, in the browser that all crawls share."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.browser_provider = _Provider(self.config)
        self.config.target_closed_max_retries = 0  # Renderer tries again, in a browser that lives
        self.config.download_timeout_secs = 0  # there are no downloads to wait for

    async def _maybe_launch_browser(self) -> None:
        # Without scrapy-playwright's listener for the browser's end: it waits for that browser.
        self.browser = await self.browser_provider.launch_browser()

    async def _apply_page_methods(self, page: Page, request: Request, spider: Any) -> None:
        # In place of methods after each of which it waits for the page's load event: that never
        # comes where a script has begun to lead elsewhere.
        await come_to_rest(request.meta["firstseen_asked"], page)

    async def close_context(self, name: str) -> None:
        """Forget everything one page left behind."""
        wrapper = self.context_wrappers.get(name)
        if wrapper is not None:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(wrapper.context.close(), _CLOSE_SECONDS)
        self.context_wrappers.pop(name, None)

    async def _close(self) -> None:
        for name in list(self.context_wrappers):
            await self.close_context(name)


class Renderer:
    """Renders the pages of one crawl. Nothing is started before the first one."""

    def __init__(self, crawler: Crawler, *, is_stopping: Callable[[], bool]) -> None:
        self._crawler = crawler
        self._settings = crawler.settings
        self._is_stopping = is_stopping
        self._shared: SharedBrowser | None = None
        self._pages: _Pages | None = None

    async def render(
        self, response: Response, program: Path, at_hand: Mapping[str, Response]
    ) -> tuple[Response, PageRequests]:
        """Return the page as it is after its scripts have run, and what it asked for and got.

        The response has its own URL and status, and the flag "partial" where the page was not shown
        whole. Validators are left out: they speak of the page without its scripts. ``at_hand`` are
        answers the page need not fetch again. Raises NoBrowser, RenderTimeout, RenderFailed,
        BrowserGone, TooLarge or RunStopped.
        """
        shared = self._join()
        for is_last in (False, True):
            try:
                text, asked = await self._in_browser(shared, program, response, at_hand)
                break
            except BrowserGone:
                if is_last:
                    raise
                logger.info("browser gone, rendering again url=%s", response.url)
        self._count("rendering/pages")
        if asked.told:
            self._count("rendering/partial")
        return _rendered(response, text, is_whole=asked.told is None), asked

    def _join(self) -> SharedBrowser:
        if self._shared is None:
            # scrapy-playwright writes tracebacks for pages that fail; the outcome says it.
            logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)
            self._pages = _Pages(self._crawler)
            self._shared = SharedBrowser.join(
                most_pages=self._settings.getint("RENDER_PAGES"),
                memory_bytes=self._settings.getint("RENDER_MEMORY_MB") << 20,
            )
        return self._shared

    async def _in_browser(
        self,
        shared: SharedBrowser,
        program: Path,
        response: Response,
        at_hand: Mapping[str, Response],
    ) -> tuple[str, PageRequests]:
        budget = self._settings.getfloat("RENDER_SECONDS")
        times = budget * ASK_SHARE, budget * WAIT_SHARE
        async with shared.page_slot(program) as running:
            # Its time begins here: what it waited for its turn was not its own doing.
            asked = PageRequests(response, self._download, self._count, *times, at_hand)
            work = asyncio.ensure_future(self._show(running, asked))
            try:
                return await self._within(work, budget), asked
            except (FetchFailure, TimeoutError, asyncio.CancelledError):
                raise
            except Exception as error:
                told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
                # A page that crashed leaves the browser to the others.
                running.lost |= told.startswith("TargetClosedError") and "crashed" not in told
                if running.lost or not running.browser.is_connected():
                    raise BrowserGone(told) from error
                raise RenderFailed(told) from error
            finally:
                work.cancel()

    async def _within(self, work: asyncio.Task[str], seconds: float) -> str:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            done, _ = await asyncio.wait({work}, timeout=min(left, 0.5))
            if done:
                return work.result()
            if self._is_stopping():
                raise RunStopped("the run is ending")
        raise RenderTimeout(f"the page is not ready after {seconds:.0f} seconds")

    async def _show(self, running: RunningBrowser, asked: PageRequests) -> str:
        assert self._pages is not None
        _BROWSER.set(running.browser)
        name = f"firstseen-{next(_contexts)}"
        wish = Request(
            asked.document.url,
            dont_filter=True,
            meta={
                "playwright": True,
                "playwright_context": name,
                "playwright_context_kwargs": self._context_options(),
                "playwright_page_init_callback": partial(_prepare, asked),
                "playwright_page_goto_kwargs": {"wait_until": "commit"},
                "firstseen_asked": asked,
            },
        )
        try:
            shown: Any = await self._pages.download_request(wish)
        finally:
            await asyncio.shield(self._pages.close_context(name))
        return str(shown.text)

    def _context_options(self) -> dict[str, Any]:
        return {
            "user_agent": self._settings.get("USER_AGENT"),  # scripts see who we are, too
            "service_workers": "block",
            "accept_downloads": False,
            "permissions": [],
            "viewport": {"width": 1280, "height": 2400},  # tall: lists load what is in view
        }

    async def _download(self, request: Request) -> Response:
        assert self._crawler.engine is not None
        if self._is_stopping():
            raise RunStopped("the run is ending")
        return await self._crawler.engine.download_async(request)

    def _count(self, key: str) -> None:
        if self._crawler.stats:
            self._crawler.stats.inc_value(key)

    async def close(self) -> None:
        """Close the pages, and the browser when no other crawl uses it."""
        if self._pages is not None:
            await self._pages.close()
        if self._shared is not None:
            await self._shared.leave()
        self._pages = self._shared = None


async def _prepare(asked: PageRequests, page: Page, request: Request) -> None:
    """Let our own gate answer all that the page asks for, and nothing else open."""
    await page.route("**/*", asked.handle)
    await page.context.route("**/*", _refuse)  # windows that scripts open
    page.context.on("page", _close_window)
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))


async def _refuse(route: Any) -> None:
    with suppress(PlaywrightError):
        await route.abort()


def _close_window(window: Page) -> None:
    async def close() -> None:
        with suppress(PlaywrightError):
            await window.close()

    asyncio.ensure_future(close())  # noqa: RUF006 - ends with its context at the latest


def _rendered(response: Response, text: str, *, is_whole: bool) -> Response:
    headers = response.headers.copy()
    for name in ("ETag", "Last-Modified", "Content-Length"):
        headers.pop(name, None)
    headers["Content-Type"] = "text/html; charset=utf-8"
    return HtmlResponse(
        response.url,
        status=response.status,
        headers=headers,
        body=text.encode("utf-8", "replace"),
        encoding="utf-8",
        flags=[*response.flags, "rendered", *([] if is_whole else ["partial"])],
        request=response.request,
    )
