"""firstseen export: write stored articles as CSV or JSON Lines."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sqlalchemy import select

from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from pipelines.export.tables import CSV_COLUMNS, csv_row, iter_articles, schema_org
from pipelines.operator_error import OperatorError
from pipelines.storage.database import explained, open_engine, session_factory
from pipelines.storage.models import Section
from pipelines.storage.schema import require_current
from pipelines.storage.search import SearchQuery


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the format and which articles."""
    parser.add_argument(
        "--format", choices=("csv", "jsonl"), default="jsonl", help="default: %(default)s"
    )
    parser.add_argument(
        "--since", type=parse_time, metavar="TIME", help="first seen since: 24h, 7d"
    )
    parser.add_argument("--until", type=parse_time, metavar="TIME", help="first seen before")
    parser.add_argument(
        "--source", action="append", default=[], metavar="SLUG", help="only this source (repeat)"
    )
    parser.add_argument(
        "--output", "-o", default="-", metavar="FILE", help="a file (default: standard output)"
    )


def run(args: argparse.Namespace) -> int:
    """Stream the articles, the newest first."""
    url = options_of(args).database_url
    query = SearchQuery("", args.since, args.until, tuple(args.source))
    with explained(url), _output(args.output) as stream:
        engine = open_engine(url, read_only=True)
        require_current(engine)
        with session_factory(engine)() as session:
            sections = {row.id: row.key for row in session.execute(select(Section.id, Section.key))}
            writer = csv.DictWriter(stream, CSV_COLUMNS)
            if args.format == "csv":
                writer.writeheader()
            for article, source in iter_articles(session, query):
                if args.format == "csv":
                    section = sections.get(article.section_id or 0)
                    writer.writerow(csv_row(article, source, section))
                else:
                    record = schema_org(article, source)
                    stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return 0


@contextmanager
def _output(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdout
        return
    try:
        with Path(name).open("w", encoding="utf-8", newline="") as stream:
            yield stream
    except OSError as error:
        raise OperatorError(f"{name}: cannot be written: {error.strerror}") from error
