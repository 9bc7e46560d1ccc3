"""firstseen search: find stored articles."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from itertools import islice
from typing import Any

from crawler.commands.named_watch import named_watch
from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.workspace_archive import archive_session
from pipelines.export.asked import asked_of
from pipelines.export.feeds import FeedFormat
from pipelines.export.search_feeds import search_feed
from pipelines.export.tables import iter_articles, schema_org
from pipelines.operator_error import UsageError
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery
from pipelines.watch_files import load_lists

Found = Sequence[tuple[Article, Source]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to look for and how to print it."""
    parser.add_argument(
        "text",
        nargs="?",
        default="",
        metavar="TEXT",
        help='a query in the watch language: words, "a phrase", OR, -not, NEAR/5, title:word ...',
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
    parser.add_argument("--watch", metavar="NAME", help="within what this watch means")
    parser.add_argument(
        "--format",
        choices=(*_WRITERS, *_FEEDS),
        default="table",
        help="%(choices)s (default: %(default)s)",
        metavar="FORMAT",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Print the newest first; nothing found is not a failure."""
    options = options_of(args)
    lists = load_lists(options.watches_folder)
    query = SearchQuery(args.text, args.since, args.until, tuple(args.source), lists=lists)
    _check(query)
    watch = named_watch(options, args.watch) if args.watch else None
    asked = asked_of(query, watch)
    with archive_session(options) as session:
        if args.format in _FEEDS:
            title = watch.name if watch and not args.text else args.text
            form = _FEEDS[args.format]
            sys.stdout.buffer.write(
                search_feed(session, asked, form, title=title, limit=args.limit)
            )
            return 0
        found = list(islice(iter_articles(session, asked.query, asked.sections), args.limit))
    _WRITERS[args.format](found)
    if not found:
        sys.stderr.write("nothing found\n")
    elif len(found) == args.limit:
        sys.stderr.write(f"the newest {args.limit}; --limit shows more\n")
    return 0


def _check(query: SearchQuery) -> None:
    """Raise UsageError, with line, column and a suggestion, for a query that cannot be read."""
    try:
        _ = query.meaning
    except ValueError as error:
        raise UsageError(f"{query.words!r}: {error}") from error


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
    """Write a table for people; redirected, one line per article with its address at the end."""
    from crawler.commands.tables import on_terminal, print_table, with_address

    if on_terminal():
        rows = [(*_seen(a, s), with_address(_headline(a), a.url)) for a, s in found]
        print_table(_COLUMNS[:3], rows, wrapped={"headline"})
    else:
        print_table(_COLUMNS, [(*_seen(a, s), _headline(a), a.url) for a, s in found])


def _seen(article: Article, source: Source) -> tuple[str, str]:
    return f"{article.first_seen_at:%Y-%m-%d %H:%M:%S}", source.slug


def _headline(article: Article) -> str:
    return article.headline + (" (baseline)" if article.baseline else "")


_COLUMNS = ("first seen (UTC)", "source", "headline", "address")
_WRITERS = {"table": write_table, "json": write_json, "csv": write_csv}
#: On the command line "json" is the array of articles, so the feed has its full name.
_FEEDS: dict[str, FeedFormat] = {"atom": "atom", "rss": "rss", "jsonfeed": "json"}
