"""firstseen db: upgrade or check the database, or print its address."""

from __future__ import annotations

import argparse
import sys

from crawler.commands.workspace_options import options_of
from pipelines.storage.database import DatabaseError, explained, open_engine, shown_url
from pipelines.storage.health import check_database
from pipelines.storage.schema import upgrade


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the three things that can be done."""
    parser.add_argument(
        "action",
        choices=("upgrade", "check", "url"),
        help="upgrade: bring the schema up to date; check: look for damage; url: print the address",
    )


def run(args: argparse.Namespace) -> int:
    """Do it; a damaged database ends with status 1."""
    url = options_of(args).database_url
    if args.action == "url":
        sys.stdout.write(f"{shown_url(url)}\n")
        return 0
    with explained(url):
        if args.action == "upgrade":
            before, after = upgrade(open_engine(url, create=True))
            done = "is up to date" if before == after else f"upgraded from {before or 'nothing'}"
            sys.stderr.write(f"{shown_url(url)}: schema {after}, {done}\n")
            return 0
        report = check_database(open_engine(url, read_only=True))
    for line in report.lines:
        sys.stdout.write(f"{line}\n")
    if report.damage:
        raise DatabaseError(f"{shown_url(url)}: {report.damage}")
    return 0
