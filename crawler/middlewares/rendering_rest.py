"""When a page in the browser has come to rest, and may be read; or that it never will."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page

from crawler.middlewares.content_coding import TooLarge
from crawler.middlewares.outcomes import FetchFailure
from crawler.middlewares.rendering_requests import PageRequests

MAX_CHARACTERS = 8_000_000  # of a rendered page; pages that grow for ever exist
QUIET_SECONDS = 0.6  # without a request: the page has what it wants
# The same while its load event has not come: a script may be at work that is compiled apart. It
# never comes where a script has begun to lead elsewhere.
UNLOADED_SECONDS = 3.0
_PAUSE = 0.2
# Each is answered when the scripts at work are done; the second when nothing urgent is left to do.
_SIZE = "document.documentElement.outerHTML.length"
_IS_LOADED = """() => new Promise(answer => (window.requestIdleCallback || setTimeout)(
  () => answer(document.readyState === "complete"), {timeout: 1000}))"""


class RenderTimeout(FetchFailure):
    """The page was not ready within its budget."""

    outcome = "timeout"


async def come_to_rest(asked: PageRequests, page: Page) -> None:
    """Wait until the page has what it wants, or the time for that is over; end its requests.

    Raises RenderTimeout for a page that asks for ever, TooLarge for one that is absurdly long.
    """
    rested = False
    while not rested and asked.wait_left > 0:
        seen = asked.begun
        await asked.quiet(QUIET_SECONDS)
        if (size := await page.evaluate(_SIZE)) > MAX_CHARACTERS:
            raise TooLarge(f"the rendered page has {size} characters")
        enough = QUIET_SECONDS if await page.evaluate(_IS_LOADED) else UNLOADED_SECONDS
        rested = seen == asked.begun and asked.quiet_seconds >= enough
        if not rested and asked.quiet_seconds >= QUIET_SECONDS:
            await asyncio.sleep(_PAUSE)
    asks_on = not rested and asked.asks_on
    if (endless := asked.end()) or asks_on:
        what = f": more than {endless}" if endless else ""
        raise RenderTimeout(f"the page asks for ever{what}")
