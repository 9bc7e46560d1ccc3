"""Cost of copies and stories in a full SQLite archive: python -m tests.benchmarks.copies_sql

--articles N (1,000,000) fills the index with texts of made hashes, a tenth of them copies of an
earlier one; then real look-ups and insertions are timed through the code that a crawl runs. Needs
about 2 KB of disk for each article.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from pipelines.fingerprint import ANCHORS, PAIR_SKETCH, SKETCH, Fingerprint
from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.storage.copies import place_among_copies
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article
from pipelines.storage.schema import upgrade
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources
from pipelines.store import store_article
from tests.benchmarks.copies_stories import newsroom_article

START = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "https://valleypost.example"
SECTION = SectionFacts("politics", "feed", f"{SITE}/politics.rss", "valleypost.example")
SOURCE = SourceFacts(
    slug="valley-post",
    name="The Valley Post",
    home_url=f"{SITE}/",
    country="NO",
    language="en",
    family="valley-media",
    wikidata=None,
    sections=(SECTION,),
)
_48_BITS = 1 << 48


def made_text(chosen: random.Random) -> Fingerprint:
    """A fingerprint as of a text of 600 words that shares nothing with others."""
    sketch = sorted(chosen.randrange(_48_BITS // 5) for _ in range(SKETCH))
    pairs = tuple(sorted(chosen.randrange(_48_BITS // 10) for _ in range(PAIR_SKETCH)))
    anchors = tuple(sorted([*sketch[:5], *chosen.sample(sketch[5:], ANCHORS - 5)]))
    return Fingerprint(tuple(sketch), 600, pairs, (), anchors)


def edited(text: Fingerprint, chosen: random.Random) -> Fingerprint:
    """The same text with a tenth of its shingles replaced."""
    fresh = made_text(chosen)
    sketch = sorted({*text.sketch[: SKETCH * 9 // 10], *fresh.sketch[: SKETCH // 10]})[:SKETCH]
    return Fingerprint(tuple(sketch), 600, text.pairs, (), tuple(sketch[:ANCHORS]))


def texts(count: int, seed: int) -> Iterator[Fingerprint]:
    """Fingerprints, every tenth an edited copy of one of the last thousand."""
    chosen = random.Random(seed)
    last: list[Fingerprint] = []
    for number in range(count):
        if number % 10 == 9 and last:
            text = edited(chosen.choice(last), chosen)
        else:
            text = made_text(chosen)
            last = [*last[-999:], text] if len(last) < 1000 else last
            last[number % len(last)] = text
        yield text


def fill(path: Path, count: int) -> None:
    """Write articles and their index with plain statements: the time of this is nobody's."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    columns = [row[1:4] for row in connection.execute("PRAGMA table_info(articles)")]
    blank = {
        name: "[]" if kind == "JSON" else 0 if "INT" in kind or kind == "BOOLEAN" else "x"
        for name, kind, needed in columns
        if needed
    }
    names = [*blank, "copy_group_id"]
    marks = ", ".join("?" * len(names))
    sql = f"INSERT INTO articles ({', '.join(names)}) VALUES ({marks})"
    gap = timedelta(days=80) / max(1, count)
    for start in range(1, count + 1, 20_000):
        numbers = range(start, min(count, start + 19_999) + 1)
        stamps = {n: _stamp(START + n * gap) for n in numbers}
        rows = [
            [*({**blank, "id": n, "source_id": 1} | _times(stamps[n], blank)).values(), n]
            for n in numbers
        ]
        connection.executemany(sql, rows)
        known = list(zip(numbers, texts(len(numbers), start), strict=True))
        connection.executemany(
            "INSERT INTO fingerprints VALUES (?, ?, ?)",
            [(n, stamps[n], text.to_bytes()) for n, text in known],
        )
        anchors = sorted((value, n) for n, text in known for value in text.anchors)
        connection.executemany("INSERT INTO anchors VALUES (?, ?)", anchors)
        connection.commit()
    connection.close()


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _times(stamp: str, blank: dict[str, object]) -> dict[str, object]:
    return {name: stamp for name in blank if name.endswith("_at")}


def anchor_bytes(path: Path, articles: int) -> float:
    """Bytes that the table of anchors takes for each article."""
    connection = sqlite3.connect(path)
    (size,) = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'anchors'").fetchone()
    connection.close()
    return float(size) / articles


def time_copies(engine: Engine, first_id: int, count: int) -> float:
    """Look-ups with insertion per second of CPU, in transactions of fifty."""
    sessions = session_factory(engine)
    found = list(texts(count, seed=first_id - count))
    with sessions() as session:
        pattern = session.scalars(select(Article).limit(1)).one()
        values = {
            column.key: getattr(pattern, column.key)
            for column in Article.__table__.columns
            if column.key not in ("id", "first_seen_at")
        }
    spent = 0.0
    for start in range(0, count, 50):
        with sessions.begin() as session:
            at = START + timedelta(days=80)
            articles = [Article(**values, first_seen_at=at) for _ in range(50)]
            session.add_all(articles)
            session.flush()
            began = time.process_time()
            for article, text in zip(articles, found[start : start + 50], strict=True):
                place_among_copies(session, article, text)
            spent += time.process_time() - began
    return count / spent


def time_storing(engine: Engine, count: int) -> tuple[float, float]:
    """Articles stored per second of CPU with everything that belongs to it; and of the clock."""
    chosen = random.Random(2)
    sessions, keeper = session_factory(engine), StoryKeeper()
    items = []
    for number in range(count):
        headline, body = newsroom_article(chosen, count // 3)
        at = START + timedelta(days=81, seconds=10 * number)
        url = f"{SITE}/2026/article-number-{number}"
        items.append(
            ArticleItem(
                url,
                headline,
                body,
                source="valley-post",
                section="politics",
                requested_url=url,
                first_seen_at=at,
                fetched_at=at,
            )
        )
    cpu, clock = time.process_time(), time.monotonic()
    for start in range(0, count, 50):
        with sessions.begin() as session:
            for item in items[start : start + 50]:
                store_article(session, item, stories=keeper)
    return count / (time.process_time() - cpu), count / (time.monotonic() - clock)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--timed", type=int, default=5_000)
    parser.add_argument("--stored", type=int, default=3_000)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        path = Path(folder) / "firstseen.db"
        engine = open_engine(f"sqlite:///{path}", create=True)
        upgrade(engine)
        with session_factory(engine).begin() as session:
            save_sources(session, (SOURCE,))
        fill(path, args.articles)
        print(f"articles in the index        {args.articles:,}")
        print(f"bytes of anchors an article  {anchor_bytes(path, args.articles):,.0f}")
        rate = time_copies(engine, args.articles + 1, args.timed)
        print(f"look-up + insert/s of CPU    {rate:,.0f}")
        cpu, clock = time_storing(engine, args.stored)
        print(f"articles stored/s of CPU     {cpu:,.0f}, by the clock {clock:,.0f}")


if __name__ == "__main__":
    main()
