"""firstseen sql: ask the database a question in SQL; nothing can be changed by it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.spelling import did_you_mean
from pipelines.operator_error import UsageError

_TIME_LIMIT = 60.0
_ROWS_OF_A_TABLE = 500  # more than anybody reads; it is laid out in memory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the query and how its answer is written."""
    parser.add_argument(
        "query", nargs="?", metavar="QUERY", help="a SELECT; - reads it; none: list the views"
    )
    parser.add_argument(
        "--cookbook",
        nargs="?",
        const="",
        metavar="NAME",
        help="ask this question of docs/sql.md; without a name: list them",
    )
    parser.add_argument("--show", action="store_true", help="print the query instead of asking it")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of :NAME in the query (repeat)",
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv", "json", "jsonl"),
        default="table",
        help="default: %(default)s",
    )
    parser.add_argument(
        "--limit", type=_count, metavar="N", help=f"rows at most (tables: {_ROWS_OF_A_TABLE})"
    )
    parser.add_argument(
        "--time-limit",
        type=_seconds,
        default=_TIME_LIMIT,
        metavar="SECONDS",
        help="of the database's work; 0: none (default: %(default)g)",
    )
    parser.add_argument(
        "--file",
        "--output",
        "-o",
        default="-",
        metavar="FILE",
        help="write into a file, whole or not at all",
    )
    parser.add_argument(
        "--spreadsheet-safe",
        action="store_true",
        help="with --format csv: no text becomes a formula",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows; use 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; use 0 or more")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Ask, or list what can be asked."""
    if args.spreadsheet_safe and args.format != "csv":
        raise UsageError("--spreadsheet-safe goes with --format csv")
    if args.cookbook is None and args.query is None:
        return _list_views()
    if args.cookbook == "" and args.query is None:
        return _list_questions()
    query, defaults = _question(args)
    if args.show:
        sys.stdout.write(query + "\n")
        return 0
    _ask(args, query, defaults | _values(args.set))
    return 0


def _question(args: argparse.Namespace) -> tuple[str, dict[str, str]]:
    """Return the query and the values its parameters have by themselves."""
    if args.cookbook is None:
        return (sys.stdin.read() if args.query == "-" else args.query), {}
    from pipelines.storage.cookbook import COOKBOOK, PARAMETERS

    if args.query is not None:
        raise UsageError("give a query or --cookbook NAME, not both")
    if args.cookbook not in COOKBOOK:
        near = did_you_mean(args.cookbook, COOKBOOK)
        raise UsageError(
            f"the cookbook has no {args.cookbook!r}{near} (`firstseen sql --cookbook` lists them)"
        )
    defaults = {name: value for name, (_, value, _) in PARAMETERS.items() if value}
    return COOKBOOK[args.cookbook][2], _values([f"{n}={v}" for n, v in defaults.items()])


def _values(given: list[str]) -> dict[str, str]:
    values = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--set {pair}: say NAME=VALUE")
        values[name] = _time_text(value) if name in ("since", "until") else value
    return values


def _time_text(value: str) -> str:
    from pipelines.storage.columns import utc_text

    try:
        return utc_text(parse_time(value))  # as it stands in the views: the index can be used
    except argparse.ArgumentTypeError as error:
        raise UsageError(str(error)) from error


def _list_views() -> int:
    from pipelines.storage.view_columns import VIEWS

    for view, (meaning, columns) in VIEWS.items():
        sys.stdout.write(f"{view}\n  {meaning}\n  {', '.join(columns)}\n\n")
    sys.stdout.write("What each column means: docs/sql.md. Ready-made: firstseen sql --cookbook\n")
    return 0


def _list_questions() -> int:
    from crawler.commands.tables import print_table
    from pipelines.storage.cookbook import COOKBOOK, PARAMETERS
    from pipelines.storage.sql_text import read_statement

    rows = []
    for name, (question, _, query) in COOKBOOK.items():
        needed = [p for p in read_statement(query).parameters if not PARAMETERS[p][1]]
        rows.append((name, question, " ".join(f"--set {p}=..." for p in needed)))
    print_table(("name", "question", "needs"), rows, wrapped=("question",))
    return 0


def _ask(args: argparse.Namespace, query: str, values: Mapping[str, str]) -> None:
    from crawler.commands.sql_output import opened
    from crawler.workspace_archive import archive_session
    from pipelines.storage.database import explained
    from pipelines.storage.read_only import Answer, ask

    options = options_of(args)
    with archive_session(options):
        pass  # it is there, and of this release
    url = options.database_url
    limit = args.limit or (_ROWS_OF_A_TABLE if args.format == "table" else None)
    with explained(url), ask(url, query, values, seconds=args.time_limit or None) as answer:
        more = _Limited(answer.rows, limit)
        with opened(args.file) as stream:
            _write(args, Answer(answer.columns, iter(more)), stream)
        if more.left_out:
            sys.stderr.write(f"firstseen: the first {limit} rows; --limit shows more\n")


class _Limited:
    """Rows up to a limit, and whether there were more."""

    def __init__(self, rows: Iterator[Any], limit: int | None) -> None:
        self._rows, self._limit = rows, limit
        self.left_out = False

    def __iter__(self) -> Iterator[Any]:
        yield from islice(self._rows, self._limit)
        if self._limit is not None:
            self.left_out = next(self._rows, None) is not None


def _write(args: argparse.Namespace, answer: Any, stream: BinaryIO) -> None:
    from crawler.commands.sql_output import write_table
    from pipelines.export import answers

    if args.format == "table":
        write_table(answer.columns, answer.rows, stream)
    elif args.format == "csv":
        answers.write_answer_csv(
            answer.columns, answer.rows, stream, spreadsheet_safe=args.spreadsheet_safe
        )
    elif args.format == "json":
        answers.write_answer_json(answer.columns, answer.rows, stream)
    else:
        answers.write_answer_json_lines(answer.columns, answer.rows, stream)
