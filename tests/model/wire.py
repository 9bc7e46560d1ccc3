"""Carries the spider's requests to the model's publisher, through the real middlewares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.middlewares import FETCH_SETTINGS
from crawler.middlewares.conditional_get import ConditionalGetMiddleware, validators_key
from crawler.middlewares.crawl_delay import HostHeldOff
from crawler.middlewares.redirects import OwnRedirectMiddleware
from pipelines.storage.hosts import DatabaseHostState
from tests.model.bytes import WholeReading
from tests.model.reading import QuickReading
from tests.model.server import NoAnswerError, Reply, answer
from tests.model.world import World

_REDIRECTS = OwnRedirectMiddleware(Settings(FETCH_SETTINGS))
_PAUSE = timedelta(minutes=15)


class Wire:
    """One run's way to the site. Into ``served`` go the answers to its looks, by section."""

    def __init__(
        self,
        world: World,
        state: DatabaseHostState,
        reading: QuickReading | WholeReading,
        served: dict[str, list[tuple[str, Reply | None]]],
    ) -> None:
        self.world = world
        self.state = state
        self.reading = reading
        self.served = served
        self.conditional = ConditionalGetMiddleware(state, now=world.our_time)

    async def fetch(self, request: Request) -> Response | Failure:
        """Return what the spider gets: a response for its callback, a failure for its errback."""
        try:
            while True:
                got = await self._once(request)
                if not isinstance(got, Request):
                    break
                request = got
        except Exception as error:
            failure = Failure(error)
            failure.request = request
            return failure
        allowed = request.meta.get("handle_httpstatus_list", ())
        if 200 <= got.status < 300 or got.status in allowed:
            return got
        failure = Failure(HttpError(got, "not taken"))
        failure.request = request
        return failure

    async def _once(self, request: Request) -> Response | Request:
        if request.meta.get("firstseen_purpose") in ("listing", "recheck"):
            await self.state.recall(origin="", lane="", url=validators_key(request))
        self.conditional.process_request(request)
        response = self._answer(request)
        hop = _REDIRECTS.process_response(request, response)
        if isinstance(hop, Request):
            return hop
        response.request = request
        return self.conditional.process_response(request, response)

    def _answer(self, request: Request) -> Response:
        world, moods = self.world, self.world.site.moods
        is_page = request.meta["firstseen_purpose"] != "listing"
        if ("pages held off" if is_page else "held off") in moods:
            self._note(request, None)
            raise HostHeldOff("lane", world.our_time() + _PAUSE)
        sent_at = world.our_time()
        request.meta.setdefault("firstseen_asked_at", sent_at)
        world.wait()
        etag = request.headers.get("If-None-Match")
        try:
            reply = answer(
                world.site, request.url, world.true_at, etag=etag.decode() if etag else None
            )
        except NoAnswerError:
            world.wait(60, 61)
            self._note(request, None)
            raise DownloadTimeoutError("no answer") from None
        world.note(reply, _times_of(reply, sent_at))
        world.wait()
        self._note(request, reply)
        return self._response(request, reply)

    def _note(self, request: Request, reply: Reply | None) -> None:
        if section := request.meta.get("firstseen_section"):
            self.served.setdefault(section, []).append((request.url, reply))

    def _response(self, request: Request, reply: Reply) -> Response:
        request.meta["model_reply"] = reply
        is_empty = reply.status != 200
        is_front = reply.news is not None and reply.news.kind == "front"
        kind = "text/html" if is_front or reply.links is None else "application/xml"
        return HtmlResponse(
            request.url,
            status=reply.status,
            headers={"Content-Type": kind, **reply.headers},
            body=b"" if is_empty else self.reading.body(reply),
            request=request,
        )


def _times_of(reply: Reply, sent_at: datetime) -> list[datetime]:
    """Return every time that an honest reader may take for the moment an answer speaks of."""
    times = [sent_at]
    if date := reply.headers.get("Date"):
        times.append(parsedate_to_datetime(date).astimezone(UTC))
    if age := reply.headers.get("Age"):
        times += [at - timedelta(seconds=int(age)) for at in times]
    return times
