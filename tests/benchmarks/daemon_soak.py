"""Runs many batches in one process, as the daemon does, and prints what grows.

python -m tests.benchmarks.daemon_soak [--cycles 500]

Memory, file handles and threads after a warm-up and at the end; the batches look at the
demonstration's outlets over loopback, with articles appearing and being edited.
"""

from __future__ import annotations

import argparse
import gc
import resource
import tempfile
import threading
import time
from pathlib import Path

from scrapy.crawler import Crawler

from crawler.batch import Crawls, prepare_database
from crawler.catalogue import load_sources
from crawler.config import load_options
from crawler.demo import DemoWeb
from crawler.workspace import create_workspace

WARM_UP = 2  # tenths of the cycles before the first measure


def figures() -> dict[str, float]:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "rss_mb": pages * resource.getpagesize() / 2**20,
        "handles": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "crawls": sum(isinstance(found, Crawler) for found in gc.get_objects()),
    }


async def cycles(crawls: Crawls, definitions: list, web: DemoWeb, count: int) -> list[dict]:
    measured = []
    step = web.length / count
    for number in range(count):
        web.advance(step)
        await crawls.crawl(definitions)
        if number % max(count // 10, 1) == 0 or number == count - 1:
            measured.append(figures())
            print(number, {name: round(value, 1) for name, value in measured[-1].items()})
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, DemoWeb(speed=0, crawl_delay=0) as web:
        folder = Path(temporary)
        allow = tuple(outlet.host_port for outlet in web.outlets)
        create_workspace(folder, allow=allow, delay_seconds=0.0)
        for slug, text in web.sources().items():
            (folder / "sources" / f"{slug}.toml").write_text(text, encoding="utf-8")
        definitions = list(load_sources(folder / "sources").values())
        options = load_options(folder, {}, {"recheck.speed": "600"})
        prepare_database(options.database_url, definitions)
        crawls = Crawls(options, LOG_LEVEL="ERROR")
        started, cpu = time.monotonic(), time.process_time()
        measured = crawls.run(cycles(crawls, definitions, web, args.cycles))
        warm, end = measured[WARM_UP], measured[-1]
        print(f"{args.cycles} batches of {len(definitions)} sources", end=", ")
        print(f"{time.monotonic() - started:.0f} s, {time.process_time() - cpu:.0f} s of CPU")
        for name in warm:
            print(f"{name:8} {warm[name]:8.1f} -> {end[name]:8.1f}")
        print(f"memory grew by {end['rss_mb'] / warm['rss_mb'] - 1:+.1%}")


if __name__ == "__main__":
    main()
