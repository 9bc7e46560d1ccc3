"""Builds a database of a million articles and 20,000 stories, to measure the analyst's desk on.

    python -m tests.benchmarks.desk_volume FOLDER [--articles 1000000] [--until TIME]
    python -m tests.benchmarks.desk_volume FOLDER --database-url postgresql://...

The SQLite file is FOLDER/million.db (FOLDER/articles-N.db for other sizes). A finished file
is kept, only its schema is upgraded; a PostgreSQL database must be empty. Texts are real
paragraphs of the test data beside the checkout, mixed anew for each article; the papers are not.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from pipelines.storage.database import open_engine
from pipelines.storage.schema import upgrade
from tests.benchmarks.desk_articles import COLUMNS, WATCH_COLUMNS, ArticleRows
from tests.benchmarks.desk_rows import Archive, Row
from tests.benchmarks.desk_texts import read_texts

SHARED = Path(__file__).parents[3] / "shared"
MILLION = 1_000_000
_AT_ONCE = 20_000  # rows handed to the database together


class Target(Protocol):
    """A database with the schema and without rows."""

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows."""

    def finish(self) -> None:
        """Make the indexes again and gather statistics."""


class SqliteTarget:
    """An SQLite file that may be lost half-way: no journal, indexes at the end."""

    def __init__(self, path: Path) -> None:
        """Open a file that has the schema."""
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -800000"):
            self._db.execute(f"PRAGMA {pragma}")
        indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        self._indexes = self._db.execute(indexes).fetchall()
        for name, _ in self._indexes:
            self._db.execute(f'DROP INDEX "{name}"')
        # FTS5 writes what it holds in memory when it reaches this size; few large parts are quick.
        self._tell_search("hashsize", 64 << 20)
        self._db.execute("BEGIN")

    def _tell_search(self, what: str, value: int) -> None:
        statement = "INSERT INTO article_search (article_search, rank) VALUES (?, ?)"
        self._db.execute(statement, (what, value))

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows."""
        if table == "article_search":
            columns = ("rowid", *columns[1:])
        places = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        self._db.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)

    def finish(self) -> None:
        """Make the indexes again, gather statistics, and leave the file as crawls keep it."""
        self._db.execute("COMMIT")
        self._tell_search("hashsize", 1 << 20)
        for _, sql in self._indexes:
            self._db.execute(sql)
        self._db.execute("ANALYZE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.close()


class PostgresTarget:
    """A PostgreSQL database; its user must be allowed to leave foreign keys unchecked."""

    def __init__(self, url: str) -> None:
        """Connect to a database that has the schema."""
        plain = make_url(url).set(drivername="postgresql")
        self._db = psycopg.connect(plain.render_as_string(hide_password=False))
        self._db.execute("SET session_replication_role = replica")
        self._db.execute("SET maintenance_work_mem = '512MB'")
        self._indexes = self._db.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in self._indexes:
            self._db.execute(f'DROP INDEX "{name}"'.encode())

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows."""
        with self._db.cursor() as cursor:
            if table == "article_search":
                cursor.execute(
                    "CREATE TEMP TABLE IF NOT EXISTS texts (id bigint, h text, d text, b text)"
                )
                cursor.execute("TRUNCATE texts")
                self._copy(cursor, "texts", ("id", "h", "d", "b"), rows)
                cursor.execute(
                    "INSERT INTO article_search (article_id, vector) SELECT id,"
                    " setweight(to_tsvector('simple', h), 'A')"
                    " || setweight(to_tsvector('simple', d), 'B')"
                    " || setweight(to_tsvector('simple', b), 'C') FROM texts"
                )
            else:
                self._copy(cursor, table, columns, rows)

    @staticmethod
    def _copy(
        cursor: psycopg.Cursor, table: str, columns: Sequence[str], rows: Iterable[Row]
    ) -> None:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        """Make the indexes and the counters again, note the changes, and gather statistics."""
        # The triggers that note them did not run.
        self._db.execute(
            "INSERT INTO changes (id, at, kind, article_id, story_id)"
            " SELECT id, first_seen_at, 'article', id, story_id FROM articles ORDER BY id"
        )
        for _, definition in self._indexes:
            self._db.execute(definition.encode())
        for table in (
            "sources",
            "sections",
            "visits",
            "stories",
            "articles",
            "revisions",
            "watches",
            "alerts",
            "deliveries",
        ):
            self._db.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" (SELECT max(id) FROM {table}))".encode()
            )
        self._db.commit()
        self._db.autocommit = True
        self._db.execute("VACUUM ANALYZE")
        self._db.close()


def fill(target: Target, archive: Archive, told: Callable[[str], None] = print) -> None:
    """Put all rows of an archive into a target."""
    for table, columns, rows in [*archive.publishers(), *archive.looks()]:
        target.insert(table, columns, rows)
    plan = archive.plan()
    target.insert(*archive.story_rows(plan))
    made = ArticleRows(archive, plan)
    target.insert("watches", WATCH_COLUMNS, made.watches())
    begin, rows = time.monotonic(), made.all()
    articles = 0
    while batch := _batch(rows):
        for table, several in batch.items():
            target.insert(table, COLUMNS[table], several)
        articles += len(batch["articles"])
        told(f"{articles} articles, {time.monotonic() - begin:.0f} s")
    told("making the indexes")
    target.finish()


def _batch(rows: Iterator[tuple[str, Row]]) -> dict[str, list[Row]]:
    batch: dict[str, list[Row]] = defaultdict(list)
    for table, row in islice(rows, _AT_ONCE * 5):
        batch[table].append(row)
    return batch


def build_sqlite(folder: Path, articles: int, until: datetime) -> Path:
    """Return the file with so many articles; a finished one is kept, and upgraded if need be."""
    name = "million.db" if articles == MILLION else f"articles-{articles}.db"
    path, unfinished = folder / name, folder / f"{name}.unfinished"
    if path.exists():
        _make_schema(f"sqlite:///{path}")
        return path
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}*"):
        old.unlink()
    _make_schema(f"sqlite:///{unfinished}")
    fill(SqliteTarget(unfinished), Archive(articles, until, read_texts(SHARED)))
    return unfinished.rename(path)


def build_postgres(url: str, articles: int, until: datetime) -> None:
    """Fill an empty PostgreSQL database."""
    _make_schema(url)
    with closing(open_engine(url).raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM articles")
        if cursor.fetchone() != (0,):
            sys.exit("the database has articles already")
    fill(PostgresTarget(url), Archive(articles, until, read_texts(SHARED)))


def _make_schema(url: str) -> None:
    engine = open_engine(url, create=True)
    upgrade(engine)
    engine.dispose()


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=MILLION)
    parser.add_argument("--until", type=datetime.fromisoformat, help="default: this hour")
    parser.add_argument("--database-url", metavar="URL", help="fill this PostgreSQL instead")
    args = parser.parse_args()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    if args.database_url:
        build_postgres(args.database_url, args.articles, args.until or now)
    else:
        print(build_sqlite(args.folder, args.articles, args.until or now))


if __name__ == "__main__":
    main()
