"""DemoWeb: starts the outlets in a thread, moves their clock, and knows the truth."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from crawler.demo.articles import load_articles
from crawler.demo.exchange import Request, Response
from crawler.demo.newsroom import Newsroom, PublishedArticle, Timetable, last_moment
from crawler.demo.outlets import Outlet, OutletKind, load_outlets
from crawler.demo.server import Fault, OutletServer, SeenRequest
from crawler.demo.site import answer
from crawler.demo.source_file import SectionKind, section_kind, source_file

_START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """One running outlet as a user of the web sees it. ``host_port`` suits ``fetch.allow``."""

    slug: str
    name: str
    kind: OutletKind
    section_kind: SectionKind
    language: str
    origin: str
    section_url: str  # what its source file follows: feed, sitemap or front
    front_url: str
    host_port: str
    in_demo: bool


class DemoWeb:
    """A web of fictional outlets on loopback, usable as a context manager.

    ``speed`` is timeline seconds per second; 0 stops the clock, and time moves on ``advance`` only.
    ``start_at`` is the time the outlets print for the start (default: now); ``clock`` returns
    seconds and is read only when ``speed`` is not 0. ``base_port`` 0 takes free ports, else the
    outlets listen on base_port, base_port + 1, ... The same seed gives the same timeline.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        base_port: int = 0,
        seed: int = 1,
        *,
        speed: float = 1.0,
        start_at: datetime | None = None,
        crawl_delay: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the outlets' files; nothing listens before the context is entered."""
        self._host, self._base_port, self._seed = host, base_port, seed
        self._speed, self._crawl_delay, self._clock = speed, crawl_delay, clock
        self._start_at = start_at
        self._started = 0.0
        self._advanced = 0.0
        self._rooms: dict[str, Newsroom] = {}
        self._servers: dict[str, OutletServer] = {}
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self.outlets: tuple[DemoOutlet, ...] = ()
        self.requests: list[SeenRequest] = []

    def __enter__(self) -> Self:
        """Start listening; the timeline begins now."""
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo-web", daemon=True)
        self._thread.start()
        self._start_at = self._start_at or datetime.now(UTC)
        self._started = self._clock()
        for index, outlet in enumerate(load_outlets()):
            port = self._base_port + index if self._base_port else 0
            self._run(self._open(outlet, port, Timetable(self._start_at, self._speed)))
        self.outlets = tuple(_seen_from_outside(room) for room in self._rooms.values())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection and end the thread."""
        for server in self._servers.values():
            self._run(server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(_START_SECONDS)
        self._loop.close()

    async def _open(self, outlet: Outlet, port: int, timetable: Timetable) -> None:
        listing_paths = frozenset({outlet.listing_path, "/sitemaps/news.xml"})
        server = OutletServer(
            outlet.slug,
            self._host,
            zipped=outlet.gzip,
            log=self.requests,
            listing_paths=listing_paths,
        )
        self._servers[outlet.slug] = server
        origin = f"http://{self._host}:{await server.start(port)}"
        articles = load_articles(outlet.slug, seed=self._seed)
        room = Newsroom(outlet, articles, origin, timetable, self._seed)
        self._rooms[outlet.slug] = room

        def respond(request: Request) -> Response:
            return answer(room, request, self.position, crawl_delay=self._crawl_delay)

        server.answer = respond

    def _run(self, work: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_SECONDS)

    @property
    def position(self) -> float:
        """Return the seconds of timeline that have passed."""
        if self._speed == 0:
            return self._advanced
        return self._advanced + (self._clock() - self._started) * self._speed

    @property
    def now(self) -> datetime:
        """Return the time the outlets print as the present."""
        return self._timetable().shown(self.position)

    @property
    def length(self) -> float:
        """Return the position of the last event; afterwards nothing new happens."""
        return max(last_moment(room.articles) for room in self._rooms.values())

    def advance(self, seconds: float) -> datetime:
        """Move the timeline on by ``seconds`` and return the time then printed."""
        self._advanced += seconds
        return self.now

    def outlet(self, slug: str) -> DemoOutlet:
        """Return the outlet of that name; KeyError when there is none."""
        return {outlet.slug: outlet for outlet in self.outlets}[slug]

    def sources(self, *, everything: bool = False) -> dict[str, str]:
        """Return slug -> text of its source file; ``everything`` adds what needs a browser."""
        return {
            slug: source_file(room)
            for slug, room in self._rooms.items()
            if everything or room.outlet.in_demo
        }

    def published(self, slug: str | None = None) -> list[PublishedArticle]:
        """Return the truth up to now, of one outlet or of all."""
        rooms = [room for name, room in self._rooms.items() if slug in (None, name)]
        return [article for room in rooms for article in room.published(self.position)]

    def break_outlet(self, slug: str, how: Fault) -> None:
        """Make the outlet fail until it is mended; only "refuses" closes its robots.txt too."""
        self._run(self._servers[slug].set_fault(how))

    def mend_outlet(self, slug: str) -> None:
        """Make the outlet work again."""
        self._run(self._servers[slug].set_fault(None))

    def _timetable(self) -> Timetable:
        return next(iter(self._rooms.values())).timetable


def _seen_from_outside(room: Newsroom) -> DemoOutlet:
    outlet = room.outlet
    return DemoOutlet(
        slug=outlet.slug,
        name=outlet.name,
        kind=outlet.kind,
        section_kind=section_kind(outlet.kind),
        language=outlet.language,
        origin=room.origin,
        section_url=room.origin + outlet.listing_path,
        front_url=room.origin + outlet.section_path,
        host_port=room.origin.removeprefix("http://"),
        in_demo=outlet.in_demo,
    )
