"""firstseen search: find stored articles."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from typing import Any

from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from pipelines.export.tables import schema_org
from pipelines.storage.database import explained, open_engine, session_factory
from pipelines.storage.models import Article, Source
from pipelines.storage.schema import require_current
from pipelines.storage.search import SearchQuery, search_articles

Found = Sequence[tuple[Article, Source]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to look for and how to print it."""
    parser.add_argument(
        "text", nargs="?", default="", help='words that all occur; "quoted words" as a phrase'
    )
    parser.add_argument(
        "--since", type=parse_time, metavar="TIME", help="first seen since: 24h, 7d"
    )
    parser.add_argument("--until", type=parse_time, metavar="TIME", help="first seen before")
    parser.add_argument(
        "--source", action="append", default=[], metavar="SLUG", help="only this source (repeat)"
    )
    parser.add_argument(
        "--limit", type=_count, default=50, metavar="N", help="at most (default 50)"
    )
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def run(args: argparse.Namespace) -> int:
    """Print the newest first; nothing found is not a failure."""
    url = options_of(args).database_url
    query = SearchQuery(args.text, args.since, args.until, tuple(args.source), args.limit)
    with explained(url):
        engine = open_engine(url, read_only=True)
        require_current(engine)
        with session_factory(engine)() as session:
            found = search_articles(session, query)
    _WRITERS[args.format](found)
    if not found:
        sys.stderr.write("nothing found\n")
    elif len(found) == args.limit:
        sys.stderr.write(f"the newest {args.limit}; --limit shows more\n")
    return 0


def write_json(found: Found) -> None:
    """Write one JSON array of schema.org articles."""
    records = [schema_org(article, source) for article, source in found]
    sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2) + "\n")


def write_csv(found: Found) -> None:
    """Write the columns of the table as CSV with full times and addresses."""
    writer = csv.writer(sys.stdout)
    writer.writerow(("first_seen_at", "not_seen_at", "source", "headline", "url"))
    for article, source in found:
        writer.writerow(_cells(article, source))


def _cells(article: Article, source: Source) -> tuple[Any, ...]:
    not_seen = article.not_seen_at.isoformat() if article.not_seen_at else ""
    return (article.first_seen_at.isoformat(), not_seen, source.slug, article.headline, article.url)


def write_table(found: Found) -> None:
    """Write a table as wide as the terminal; redirected, as wide as it needs to be."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("first seen (UTC)", "source", "headline", "address"):
        table.add_column(name, no_wrap=name != "headline", overflow="ellipsis")
    for article, source in found:
        seen = f"{article.first_seen_at:%Y-%m-%d %H:%M:%S}"
        headline = Text(article.headline + (" (baseline)" if article.baseline else ""))
        table.add_row(seen, source.slug, headline, Text(article.url, style="dim"))
    console = Console() if sys.stdout.isatty() else Console(width=_WIDE, no_color=True)
    if found:
        console.print(table)


_WIDE = 10_000
_WRITERS = {"table": write_table, "json": write_json, "csv": write_csv}
