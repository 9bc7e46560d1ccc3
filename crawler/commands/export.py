"""firstseen export: write articles, stories, revisions or visits as CSV, JSON Lines or Parquet."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO, TypeVar

from sqlalchemy.orm import Session

from crawler.commands.named_watch import named_watch
from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.config import Options
from crawler.workspace_archive import archive_session
from pipelines.export.asked import Asked, asked_of
from pipelines.export.columns import TABLES
from pipelines.export.csv_file import write_csv
from pipelines.export.json_lines import write_json_lines
from pipelines.export.parquet_file import require_pyarrow, write_parquet
from pipelines.export.tables import count_rows, iter_records, iter_rows
from pipelines.export.whole_file import whole_file
from pipelines.operator_error import UsageError
from pipelines.storage.search import SearchQuery
from pipelines.watch_files import load_lists

_T = TypeVar("_T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to write, which of it, and how."""
    parser.add_argument(
        "noun", nargs="?", choices=tuple(TABLES), default="articles", help="default: %(default)s"
    )
    parser.add_argument(
        "--format",
        choices=("csv", "jsonl", "parquet"),
        default="jsonl",
        help="default: %(default)s",
    )
    parser.add_argument("--since", type=parse_time, metavar="TIME", help="seen since: 24h, 7d")
    parser.add_argument("--until", type=parse_time, metavar="TIME", help="seen before")
    parser.add_argument(
        "--source", action="append", default=[], metavar="SLUG", help="only this source (repeat)"
    )
    parser.add_argument("--watch", metavar="NAME", help="only what this watch means")
    parser.add_argument("--query", metavar="Q", help="only what this query means")
    parser.add_argument(
        "--output", "-o", default="-", metavar="FILE", help="a file (default: standard output)"
    )
    parser.add_argument(
        "--spreadsheet-safe",
        action="store_true",
        help="CSV in which no text can act as a formula",
    )


def run(args: argparse.Namespace) -> int:
    """Stream the rows, the newest first."""
    options = options_of(args)
    _check(args)
    asked = _asked(args, options)
    with _ended_by_signal(), archive_session(options) as session, _output(args) as stream:
        _write(session, args, asked, stream)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise an OperatorError for what cannot be, before any file is touched."""
    if args.spreadsheet_safe and args.format != "csv":
        raise UsageError("--spreadsheet-safe goes with --format csv")
    if args.noun == "visits" and (args.watch or args.query):
        raise UsageError("visits have no text: --query and --watch go with the other tables")
    if args.format == "parquet":
        require_pyarrow()
        if args.output == "-" and sys.stdout.isatty():
            raise UsageError("Parquet is nothing to read: name a file with --output")


def _asked(args: argparse.Namespace, options: Options) -> Asked:
    lists = load_lists(options.watches_folder)
    query = SearchQuery(args.query or "", args.since, args.until, tuple(args.source), lists=lists)
    watch = named_watch(options, args.watch) if args.watch else None
    try:
        _ = query.meaning
        return asked_of(query, watch)
    except ValueError as error:
        raise UsageError(f"{args.query!r}: {error}") from error


def _write(session: Session, args: argparse.Namespace, asked: Asked, stream: BinaryIO) -> None:
    noun, columns = args.noun, TABLES[args.noun]
    total = count_rows(session, noun, asked) if _is_watched(args) else None
    source = iter_records if args.format == "jsonl" else iter_rows
    # Closed before the database is, also when the output fails: a cursor must end first.
    with closing(_shown(args, source(session, noun, asked), total)) as rows:
        if args.format == "jsonl":
            write_json_lines(rows, stream)
        elif args.format == "parquet":
            write_parquet(rows, noun, columns, stream)
        else:
            write_csv(rows, columns, stream, spreadsheet_safe=args.spreadsheet_safe)


# ---- where it goes


@contextmanager
def _output(args: argparse.Namespace) -> Iterator[BinaryIO]:
    if args.output != "-":
        with whole_file(args.output) as stream:
            yield stream
        return
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let a polite request to end (SIGTERM) tidy up as Ctrl-C does."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)  # as shells tell of it

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# ---- how far it is


def _is_watched(args: argparse.Namespace) -> bool:
    """Whether somebody looks at a terminal that does not show the output itself."""
    return sys.stderr.isatty() and not (args.output == "-" and sys.stdout.isatty())


def _shown(
    args: argparse.Namespace, rows: Iterable[_T], total: int | None
) -> Generator[_T, None, None]:
    if not _is_watched(args):
        yield from rows
        return
    from crawler.commands.progress import counted

    yield from counted(rows, args.noun, total)
