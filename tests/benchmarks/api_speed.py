"""Prints how long the API takes to answer over a large archive, and what it reads to do so.

    python -m tests.benchmarks.api_speed DATABASE-URL [--rounds 5] [--only search]

``tests.benchmarks.desk_volume`` builds the archive. The application is asked without a network;
each address is asked with several queries in turn, so that no answer comes twice from a cache of
ours. The first round warms the system's cache and is told apart. "cpu" is the processor's time of
the same requests: on a machine that others use, it is the figure that means something.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any

import httpx
from sqlalchemy import func, select

from crawler.commands.web_health import Judgements, reader
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Source, Story
from pipelines.storage.search_index import searchable
from pipelines.web.app import create_app
from pipelines.web.desk import Desk
from pipelines.web.shell import Shell
from pipelines.web.time_limit import limit_queries

SEARCH_BAR_MS = 300.0  # of 95 in 100 searches, on two cores


def words_of(sessions: Any) -> dict[str, list[str]]:
    """Return common, middling and rare words of the archive, by how many of a sample have them."""
    with sessions() as session:
        newest = session.scalar(select(func.max(Article.id))) or 0
        step = max(1, newest // 400)
        ids = range(newest, 0, -step)
        query = select(Article.article_body).where(Article.id.in_(ids))
        texts = [set(searchable(body).split()) for body in session.scalars(query)]
    seen: dict[str, int] = {}
    for words in texts:
        for word in words:
            if len(word) > 3 and word.isalpha() and word.isascii():
                seen[word] = seen.get(word, 0) + 1
    ranked = sorted(seen, key=lambda word: (-seen[word], word))
    middle = [word for word in ranked if 0.02 < seen[word] / len(texts) < 0.08]
    rare = [word for word in ranked if seen[word] == 1]
    return {
        "common": ranked[:20],
        "middling": middle[:20],
        "rare": rare[:: max(1, len(rare) // 20)][:20],
    }


def searches(words: dict[str, list[str]]) -> dict[str, list[dict[str, str]]]:
    """Return the kinds of searches, each with several queries."""
    common, middling, rare = words["common"], words["middling"], words["rare"]
    pairs = list(zip(common, middling, strict=False))
    return {
        "search, common word": [{"q": word} for word in common],
        "search, middling word": [{"q": word} for word in middling],
        "search, rare word": [{"q": word} for word in rare],
        "search, two words": [{"q": f"{a} {b}"} for a, b in pairs],
        "search, either": [{"q": f"{a} OR {b}"} for a, b in zip(middling, rare, strict=False)],
        "search, phrase": [{"q": f'"{a} {b}"'} for a, b in pairs],
        "search, NEAR": [{"q": f"{a} NEAR/5 {b}"} for a, b in pairs],
        "search, prefix": [{"q": f"{word[:5]}*"} for word in middling],
        "search, in headlines": [{"q": f"title:{word}"} for word in middling],
        "search, without": [{"q": f"{a} -{b}"} for a, b in pairs],
        "search, a source": [{"q": f"{a} source:{{source}}"} for a in common],
        "search, a language": [{"q": a, "language": "en"} for a in middling],
        "search, a month": [{"q": a, "since": "{month_ago}"} for a in middling],
        "search, last page of 200": [{"q": a, "limit": "200"} for a in common[:5]],
    }


OTHERS: dict[str, list[dict[str, str]]] = {
    "articles": [{}, {"limit": "200"}, {"until": "{month_ago}"}],
    "articles, a source": [{"source": "{source}"}],
    "articles, a language": [{"language": "de"}],
    "articles, a story": [{"story": "{story}"}],
    "revisions": [{}, {"until": "{month_ago}"}, {"headline": "true"}],
    "revisions, a source": [{"source": "{source}"}],
    "stories": [{}, {"until": "{month_ago}"}],
    "stories, a source": [{"source": "{source}"}],
    "sources": [{}],
    "coverage": [{}, {"hours": "168"}],
    "watches": [{}],
    "alerts": [{}],
    "changes": [{}, {"start": "newest"}, {"limit": "1000"}],
}


async def measure(
    client: httpx.AsyncClient, path: str, queries: Sequence[dict[str, str]], rounds: int
) -> tuple[float, list[float], list[float]]:
    """Return the slowest cold answer, all later ones, and their processor's time, in ms."""
    cold, warm, busy = 0.0, list[float](), list[float]()
    for number in range(rounds + 1):
        for query in queries:
            began, worked = time.perf_counter(), time.process_time()
            answer = await client.get(f"/api/v1/{path}", params=query)
            took = (time.perf_counter() - began) * 1000
            cpu = (time.process_time() - worked) * 1000
            if answer.status_code != 200:
                sys.stdout.write(f"{path} {query}: {answer.status_code} {answer.text[:200]}\n")
            if number:
                warm.append(took)
                busy.append(cpu)
            else:
                cold = max(cold, took)
    return cold, warm, busy


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share of the values does not exceed."""
    return sorted(values)[max(0, ceil(len(values) * share) - 1)]


def main() -> int:
    """Measure and print; 1 when searches miss their bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="addresses that begin so")
    args = parser.parse_args()
    engine = open_engine(args.url, read_only=True)
    limit_queries(engine, 10)
    sessions = session_factory(engine)
    with sessions() as session:
        newest = session.scalar(select(func.max(Article.first_seen_at)))
        slug = session.scalar(select(Source.slug).order_by(Source.slug).limit(1).offset(7))
        story = session.scalar(select(func.max(Story.id)))
        count = session.scalar(select(func.count(Article.id)))
    assert newest is not None
    unbound = open_engine(args.url, read_only=True)
    health = Judgements(reader(session_factory(unbound)))
    desk = Desk(sessions, clock=lambda: newest, health=health)
    names = {
        "{source}": str(slug),
        "{story}": str(story),
        "{month_ago}": (newest - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    wanted = {**searches(words_of(sessions)), **OTHERS}
    sys.stdout.write(f"{count} articles\n{'':28}{'p50':>9}{'p95':>9}{'worst':>9}{'cold':>9}")
    sys.stdout.write(f"{'cpu p50':>9}{'cpu p95':>9}  ms\n")
    every = asyncio.run(_run(desk, wanted, names, args))
    engine.dispose()
    unbound.dispose()
    found = [took for name, rows in every.items() if name.startswith("search") for took in rows]
    if not found:
        return 0
    for told, times in zip(("all searches", "their cpu"), zip(*found, strict=True), strict=True):
        p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
        sys.stdout.write(f"{told}: p50 {p50:.0f}, p95 {p95:.0f} ms\n")
    return int(percentile([took for took, _ in found], 0.95) > SEARCH_BAR_MS)


async def _run(
    desk: Desk, wanted: dict[str, list[dict[str, str]]], names: dict[str, str], args: Any
) -> dict[str, list[tuple[float, float]]]:
    app = create_app(desk, Shell(requests_per_minute=10_000_000, seconds=30))
    every: dict[str, list[tuple[float, float]]] = {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for name, queries in wanted.items():
            if not name.startswith(args.only):
                continue
            asked = [{k: _named(v, names) for k, v in query.items()} for query in queries]
            path = name.partition(",")[0]
            cold, warm, busy = await measure(client, path, asked, args.rounds)
            every[name] = list(zip(warm, busy, strict=True))
            told = (percentile(warm, 0.5), percentile(warm, 0.95), max(warm), cold)
            told += (percentile(busy, 0.5), percentile(busy, 0.95))
            sys.stdout.write(f"{name:28}" + "".join(f"{value:9.1f}" for value in told) + "\n")
            sys.stdout.flush()
    return every


def _named(value: str, names: dict[str, str]) -> str:
    for name, text in names.items():
        value = value.replace(name, text)
    return value


if __name__ == "__main__":
    sys.exit(main())
