"""How long until the first byte of every page: ``python -m tests.benchmarks.page_speed DATABASE``.

Serves a database on loopback and asks for each page with changing stories, articles, sources and
queries. The database is made by ``tests.benchmarks.desk_volume``. Prints p50 and p95 of the time to
the first byte in milliseconds, the same of the processor's time (which a busy machine does not
lengthen), and the size of a page; ends with 1 when a p95 to the first byte is over the bar.
"""

from __future__ import annotations

import argparse
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import uvicorn
from sqlalchemy import func, select

from crawler.commands.desk_figures import conduct_of
from crawler.commands.web_health import Judgements
from crawler.commands.web_serving import settle_memory
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Source, Story
from pipelines.web.app import create_app
from pipelines.web.desk import Desk
from pipelines.web.shell import Shell

BAR_MILLISECONDS = 200.0
_QUERIES = (
    *("election", "minister resign*", '"prime minister"', "storm NEAR/8 flood*", "title:budget"),
    *("strike OR walkout", "(police OR court) -football", "bank lang:en", "harbour", "zyzzyva"),
)
Page = Callable[[random.Random], str]


def main() -> int:
    """Measure and print; 1 when a page is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--requests", type=int, default=40, help="of each page (default 40)")
    args = parser.parse_args()
    sessions = session_factory(open_engine(f"sqlite:///{args.database}", read_only=True))
    with sessions() as session:
        now = session.scalar(select(func.max(Article.first_seen_at)))
        highest = session.scalar(select(func.max(Article.id))) or 1
        stories = list(session.scalars(select(Story.id).where(Story.merged_into_id.is_(None))))
        slugs = list(session.scalars(select(Source.slug)))
    assert now is not None, "the database holds no article"
    desk = Desk(sessions=sessions, clock=lambda: now, health=Judgements(), conduct=conduct_of)
    slow = []
    print(f"{'page':28}{'p50 ms':>9}{'p95 ms':>9}{'p50 cpu':>9}{'p95 cpu':>9}{'kB':>8}")
    with _served(desk) as address, httpx.Client(base_url=address, timeout=60) as client:
        for name, page in _pages(highest, stories, slugs, now).items():
            times, work, size = _measure(client, page, args.requests)
            p95 = statistics.quantiles(times, n=20)[-1]
            told = (statistics.median(times), p95)
            told += (statistics.median(work), statistics.quantiles(work, n=20)[-1])
            print(f"{name:28}{''.join(f'{one:9.1f}' for one in told)}{size / 1000:8.0f}")
            if p95 > BAR_MILLISECONDS:
                slow.append(name)
    print(f"over {BAR_MILLISECONDS:.0f} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def _pages(highest: int, stories: list[int], slugs: list[str], now: datetime) -> dict[str, Page]:
    def words(chance: random.Random) -> str:
        return quote(chance.choice(_QUERIES))

    return {
        "today": lambda _: "/",
        "today, one source": lambda c: f"/?source={c.choice(slugs)}",
        "today, one language": lambda c: f"/?language={c.choice(('en', 'de', 'fr', 'tr'))}",
        "today, deep": lambda c: f"/?after={now:%Y%m}01T000000.000000~{c.choice(stories)}",
        "story": lambda c: f"/stories/{c.choice(stories)}",
        "article": lambda c: f"/articles/{c.randint(1, highest)}",
        "search, help": lambda _: "/search",
        "search check": lambda c: f"/search/check?q={words(c)}",
        "search": lambda c: f"/search?q={words(c)}",
        "search, last day": lambda c: f"/search?q={words(c)}&window=24h",
        "coverage 24h": lambda _: "/coverage",
        "coverage 7d": lambda _: "/coverage?span=7d",
        "source": lambda c: f"/sources/{c.choice(slugs)}",
        "alerts": lambda _: "/alerts",
    }


def _measure(
    client: httpx.Client, page: Page, requests: int
) -> tuple[list[float], list[float], float]:
    """Return milliseconds to the first byte, those of the processor, and the size of a page."""
    chance = random.Random(7)
    times: list[float] = []
    work: list[float] = []
    sizes: list[int] = []
    client.get(page(chance))  # templates are compiled once
    for _ in range(requests):
        began, worked = time.perf_counter(), time.process_time()
        with client.stream("GET", page(chance)) as response:
            times.append((time.perf_counter() - began) * 1000)
            work.append((time.process_time() - worked) * 1000)
            assert response.status_code in (200, 301, 404), response.status_code
            sizes.append(len(response.read()))
    return times, work, statistics.mean(sizes)


@contextmanager
def _served(desk: Desk) -> Iterator[str]:
    settle_memory()  # as `firstseen web` does
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(desk, Shell(requests_per_minute=1_000_000, seconds=60)),
        log_level="warning",
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    raise SystemExit(main())
