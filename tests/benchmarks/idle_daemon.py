"""Measures what `firstseen run` costs while nothing is new: 1,000 sections, each 15 minutes.

python -m tests.benchmarks.idle_daemon [--sections 1000] [--seconds 300] [--history 200]

Every section has a host of its own on loopback; half of the servers answer 304, the others send
the same bytes again. The daemon is a process of its own, its CPU time is read from /proc. The first
minute (start, import, first theta) is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import func, insert, select, update

from crawler.batch import Crawls, prepare_database
from crawler.catalogue import load_sources
from crawler.config import load_options
from crawler.workspace import create_workspace
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import ListedLink, Page, Section, Visit

PERIOD = timedelta(minutes=15)
ENTRIES = 30
_PER_NETWORK = 250
_TICKS = os.sysconf("SC_CLK_TCK")


def host(number: int) -> str:
    return f"127.7.{number // _PER_NETWORK}.{number % _PER_NETWORK + 1}"


def feed(number: str) -> bytes:
    """A feed of 30 entries a month old, with teasers, some 15 KB."""
    at = datetime(2026, 1, 5, 8, tzinfo=UTC)
    items = "".join(
        f"<item><title>Council meets for session {entry}</title>"
        f"<link>http://{number}/news/2026/01/05/council-meets-for-session-{entry}</link>"
        f"<description>{'The council of the town met and spoke at length. ' * 6}</description>"
        f"<pubDate>{at - timedelta(hours=entry):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for entry in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


class Tally:
    """What the servers were asked, shared between processes."""

    def __init__(self) -> None:
        self.requests: Synchronized[int] = multiprocessing.Value("q", 0)
        self.conditional: Synchronized[int] = multiprocessing.Value("q", 0)
        self.not_modified: Synchronized[int] = multiprocessing.Value("q", 0)

    def read(self) -> tuple[int, int, int]:
        return self.requests.value, self.conditional.value, self.not_modified.value


def answer(head: bytes, tally: Tally) -> bytes:
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    path = lines[0].split(" ")[1]
    if path == "/robots.txt":
        body = b"User-agent: *\nDisallow: /admin\n"
        return _reply("200 OK", body, "Content-Type: text/plain")
    tally.requests.value += 1
    is_even = int(headers["host"].split(":")[0].rsplit(".", 1)[1]) % 2 == 0
    more = f"Cache-Control: max-age={PERIOD.seconds}\r\nContent-Type: application/rss+xml"
    if is_even:
        more += '\r\nETag: "same"'
        if headers.get("if-none-match"):
            tally.conditional.value += 1
            tally.not_modified.value += 1
            return _reply("304 Not Modified", b"", more)
    return _reply("200 OK", feed(headers["host"]), more)


def _reply(status: str, body: bytes, more: str) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\n{more}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def serve(port: int, tally: Tally, ready: Event) -> None:
    """Serve all of 127.0.0.0/8 on one port until killed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(await reader.readuntil(b"\r\n\r\n"), tally))
        await writer.drain()
        writer.close()

    async def whole() -> None:
        server = await asyncio.start_server(talk, "0.0.0.0", port, backlog=1024)
        ready.set()
        await server.serve_forever()

    asyncio.run(whole())


def write_workspace(folder: Path, port: int, sections: int) -> None:
    create_workspace(folder, allow=(f"127.0.0.0/8:{port}",), delay_seconds=1.0)
    for number in range(sections):
        origin = f"http://{host(number)}:{port}"
        (folder / "sources" / f"paper-{number}.toml").write_text(
            f'name = "Paper {number}"\nhome_url = "{origin}/"\ncountry = "US"\nlanguage = "en"\n'
            f'[[sections]]\nkey = "news"\nkind = "feed"\nurl = "{origin}/feed.xml"\n',
            encoding="utf-8",
        )


def fill(folder: Path, history: int) -> None:
    """Look at every section once, settle its articles, and spread the next looks evenly."""
    options = load_options(folder, {}, {})
    definitions = list(load_sources(folder / "sources").values())
    prepare_database(options.database_url, definitions)
    crawls = Crawls(options, LOG_LEVEL="ERROR", ARTICLES_PER_SECTION=0, CONCURRENT_REQUESTS=64)
    crawls.run(crawls.crawl(definitions))
    engine, now = open_engine(options.database_url), datetime.now(UTC)
    with session_factory(engine).begin() as session:
        ids = list(session.scalars(select(Section.id).order_by(func.random())))
        for place, section_id in enumerate(ids):
            at = now + timedelta(seconds=30) + PERIOD * (place / len(ids))
            values = {"next_visit_at": at, "last_looked_at": at - PERIOD}
            session.execute(update(Section).where(Section.id == section_id).values(values))
        old = [_old_link(section_id, k, now) for section_id in ids for k in range(history)]
        if old:
            session.execute(insert(ListedLink), old)
        # Given up, which asks the same of every look as an article that is stored.
        links = session.execute(select(ListedLink.url_key, ListedLink.url)).all()
        settled = {"outcome": "video", "tries": 1, "tried_at": now, "source_id": 1, "detail": ""}
        session.execute(insert(Page), [settled | {"url_key": k, "url": u} for k, u in links])
    engine.dispose()


def _old_link(section_id: int, number: int, now: datetime) -> dict[str, object]:
    url = f"http://{host(section_id)}/news/2025/12/01/older-story-of-the-town-{number}"
    at = now - timedelta(days=20, minutes=number)
    times = {"first_listed_at": at, "last_listed_at": at}
    row = {"url": url, "url_key": url, "section_id": section_id, "headline": "Older", "position": 1}
    return row | times | {"baseline": False}


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and the children it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def memory_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def looks(folder: Path) -> tuple[int, float]:
    """Return how many looks there were, and the lateness that nine of ten stayed under."""
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        rows = session.execute(
            select(Visit.planned_at, Visit.started_at).where(Visit.planned_at.is_not(None))
        ).all()
    engine.dispose()
    late = sorted((started - planned).total_seconds() for planned, started in rows)
    return len(late), late[int(len(late) * 0.9)] if late else 0.0


def measure(folder: Path, tally: Tally, seconds: float) -> dict[str, float]:
    more = {"FIRSTSEEN_SCHEDULE_REQUESTS_PER_DAY": "10000000"}  # so that max-age alone decides
    command = [sys.executable, "-m", "crawler.cli", "run", "--workspace", str(folder)]
    profile = os.environ.get("IDLE_PROFILE")  # a file for cProfile's figures
    if profile:
        command[1:3] = ["-m", "cProfile", "-o", profile, "-m", "crawler.cli"]
    daemon = subprocess.Popen(command, env=os.environ | more, stderr=subprocess.DEVNULL)
    try:
        time.sleep(60)
        cpu, wall, asked = cpu_seconds(daemon.pid), time.monotonic(), tally.read()
        done = looks(folder)[0]
        time.sleep(seconds)
        cpu = cpu_seconds(daemon.pid) - cpu
        wall = time.monotonic() - wall
        requests, conditional, fresh = (b - a for a, b in zip(asked, tally.read(), strict=True))
        count, late = looks(folder)
        memory = memory_mb(daemon.pid)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    return {
        "cpu_percent": round(100 * cpu / wall, 1),
        "looks": count - done,
        "looks_per_second": round((count - done) / wall, 2),
        "cpu_ms_per_look": round(1000 * cpu / max(count - done, 1), 1),
        "requests": requests,
        "conditional_share": round(conditional / max(requests, 1), 3),
        "not_modified": fresh,
        "late_p90_seconds": round(late, 1),
        "memory_mb": round(memory, 1),
        "exit_status": daemon.returncode,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--history", type=int, default=200, help="older links of each section")
    parser.add_argument("--port", type=int, default=18_480)
    args = parser.parse_args()
    tally, ready = Tally(), multiprocessing.Event()
    server = multiprocessing.Process(target=serve, args=(args.port, tally, ready), daemon=True)
    server.start()
    ready.wait(10)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            write_workspace(folder, args.port, args.sections)
            filler = multiprocessing.Process(target=fill, args=(folder, args.history))
            filler.start()
            filler.join()
            found = measure(folder, tally, args.seconds)
    finally:
        server.terminate()
    print(json.dumps(found, indent=2))
    return 0 if found["cpu_percent"] < 25 else 1


if __name__ == "__main__":
    sys.exit(main())
