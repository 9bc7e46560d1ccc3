"""Newsrooms and time that exist only in a test: a whole daemon at work in simulated days."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from crawler.batch import BatchReport, Crawls, prepare_database
from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.config import Options, load_options
from crawler.schedule.daemon import Daemon
from crawler.schedule.planner import planner_of
from crawler.spiders.looks import EndedLook
from crawler.workspace import create_workspace
from pipelines.looks import ListedLink, LookResult, PageOutcome, SectionLook
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.visits import record_look, record_page

START = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW = 30  # entries of a feed
# Articles per hour of a day, UTC: a newsroom sleeps at night.
_DAY = (0, 0, 0, 0, 0, 1, 2, 3, 3, 2, 2, 3, 3, 2, 2, 2, 2, 3, 2, 1, 1, 1, 0, 0)


@dataclass
class SimulatedClock:
    """The time of day, which may be set, and seconds, which only run forward."""

    now: datetime = START
    seconds: float = 0.0

    def wall(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    def pass_time(self, time: timedelta) -> None:
        self.now += time
        self.seconds += time.total_seconds()

    def set_by(self, jump: timedelta) -> None:
        self.now += jump


@dataclass
class Newsroom:
    """One section: when it published, in true time, whatever clock we have."""

    slug: str
    published: list[datetime]
    url: str

    def window(self, until: datetime) -> list[tuple[int, datetime]]:
        count = bisect_right(self.published, until)
        return [(n, self.published[n]) for n in range(max(count - WINDOW, 0), count)][::-1]


@dataclass
class Asked:
    """One look that reached a host; ``true_at`` does not follow a clock that is set."""

    slug: str
    true_at: datetime
    outcome: str


@dataclass
class SimulatedWeb:
    """Newsrooms on hosts of their own; ``is_down(slug, true time)`` tells of their troubles."""

    newsrooms: dict[str, Newsroom]
    clock: SimulatedClock
    is_down: Callable[[str, datetime], bool] = lambda slug, at: False
    asked: list[Asked] = field(default_factory=list)
    found: dict[str, datetime] = field(default_factory=dict)  # url -> true time

    @classmethod
    def of(cls, count: int, days: int, *, seed: int = 1) -> SimulatedWeb:
        chance = random.Random(seed)
        rooms = {}
        for number in range(count):
            slug, pace = f"room-{number}", chance.choice((0.3, 1.0, 2.0))
            times = [
                START + timedelta(days=day - 1, hours=hour, seconds=chance.uniform(0, 3600))
                for day in range(days + 1)
                for hour in range(24)
                for _ in range(_some(_DAY[hour] * pace, chance))
            ]
            rooms[slug] = Newsroom(slug, sorted(times), f"http://{slug}.example")
        return cls(rooms, SimulatedClock())

    @property
    def true_now(self) -> datetime:
        return START + timedelta(seconds=self.clock.seconds)

    def look(self, source: SourceDefinition, section: SectionDefinition) -> SectionLook:
        """Answer one look; what the feed claims of its times is the truth."""
        room, now = self.newsrooms[source.slug], self.clock.now
        outcome = "refused" if self.is_down(source.slug, self.true_now) else "ok"
        self.asked.append(Asked(source.slug, self.true_now, outcome))
        links = None
        if outcome == "ok":
            shown = room.window(self.true_now)
            for number, _ in shown:
                self.found.setdefault(f"{room.url}/{number}", self.true_now)
            links = tuple(_link(room, place, *entry) for place, entry in enumerate(shown))
        return SectionLook(source.slug, section.key, now, now, outcome, links)

    def definitions(self) -> list[SourceDefinition]:
        return [
            SourceDefinition(
                slug=room.slug,
                name=room.slug,
                home_url=f"{room.url}/",
                country="US",
                language="en",
                sections=(SectionDefinition("news", f"{room.url}/feed.xml", "feed"),),
            )
            for room in self.newsrooms.values()
        ]


def _some(expected: float, chance: random.Random) -> int:
    return int(expected) + (chance.random() < expected % 1)


def _link(room: Newsroom, place: int, number: int, at: datetime) -> ListedLink:
    url = f"{room.url}/{number}"
    return ListedLink(url, url, place, date_published=at, date_published_raw=at.isoformat())


def _settled(look: SectionLook, link: ListedLink) -> PageOutcome:
    return PageOutcome(link.url, link.url_key, look.source, "video", look.arrived_at, None)


class SimulatedCrawls:
    """In place of ``Crawls``: looks at simulated newsrooms, keeps the looks as a crawl does."""

    def __init__(self, options: Options, web: SimulatedWeb) -> None:
        self._web = web
        self._per_day = options.schedule.requests_per_day
        self._engine = open_engine(options.database_url)
        self._sessions = session_factory(self._engine)

    async def crawl(
        self, definitions: Sequence[SourceDefinition], *, deadline: timedelta | None = None
    ) -> BatchReport:
        plan = planner_of(self._per_day, self._web.clock.now)
        looks: list[EndedLook] = []
        for source in definitions:
            for section in source.sections:
                look = self._web.look(source, section)
                with self._sessions.begin() as session:
                    result: LookResult = record_look(session, look, plan)
                    for found in result.to_fetch:  # as if each were read, and nothing more to do
                        record_page(session, _settled(look, found.link))
                looks.append(EndedLook(look, result))
        return BatchReport(tuple(looks), (), {})

    async def stop(self, *, within: timedelta) -> None:
        """There is nothing in flight."""

    def close(self) -> None:
        self._engine.dispose()


class SimulatedDaemon:
    """A daemon with its own claims, plans and database, whose time passes as the test says."""

    def __init__(
        self, folder: Path, web: SimulatedWeb, *, url: str = "", requests_per_day: float
    ) -> None:
        create_workspace(folder)
        for definition in web.definitions():
            text = (
                f'name = "{definition.name}"\nhome_url = "{definition.home_url}"\ncountry = "US"\n'
                f'language = "en"\n[[sections]]\nkey = "news"\nkind = "feed"\n'
                f'url = "{definition.sections[0].url}"\n'
            )
            path = folder / "sources" / f"{definition.slug}.toml"
            path.write_text(text, encoding="utf-8")
        flags = {"schedule.requests_per_day": str(requests_per_day)}
        self.options = load_options(folder, {}, flags | ({"database.url": url} if url else {}))
        prepare_database(self.options.database_url, web.definitions())
        self.web, self.clock = web, web.clock
        self._crawls = SimulatedCrawls(self.options, web)
        self.daemon = self._started()

    def _started(self) -> Daemon:
        crawls = cast(Crawls, self._crawls)
        clock = self.clock
        daemon = Daemon(self.options, crawls, clock=clock.wall, monotonic=clock.monotonic)
        daemon.reload()
        return daemon

    async def restart(self) -> None:
        """End the daemon and start another one, as after a reboot."""
        await self.daemon.finish()
        self.daemon = self._started()

    async def work(self, time: timedelta, *, step: timedelta = timedelta(minutes=2)) -> None:
        """Let the daemon tick for some time."""
        for _ in range(int(time / step)):
            await self.daemon.tick()
            await self.daemon.batches_ended()
            self.clock.pass_time(step)

    async def close(self) -> None:
        await self.daemon.finish()
        self._crawls.close()

    def looks_between(self, begin: datetime, end: datetime) -> list[Asked]:
        """Return the looks of a span of true time."""
        return [asked for asked in self.web.asked if begin <= asked.true_at < end]


def most_at_once(looks: Sequence[Asked]) -> int:
    """Return the most looks of one tick, over all hosts."""
    return max(Counter(asked.true_at for asked in looks).values(), default=0)


def per_source(looks: Sequence[Asked]) -> Counter[str]:
    """Return how many looks each source got."""
    return Counter(asked.slug for asked in looks)
