"""firstseen db: upgrade, complete or check the database, or print its address."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.commands.workspace_options import options_of
from crawler.workspace_archive import (
    adopt_archive,
    create_archive,
    open_archive,
    upgrade_archive,
)
from pipelines.aliases_repair import drop_broken_aliases
from pipelines.backfill import backfill, count_lacking
from pipelines.storage.database import (
    DatabaseError,
    explained,
    session_factory,
    shown_url,
)
from pipelines.storage.health import check_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.add_argument(
        "action",
        choices=("create", "adopt", "upgrade", "backfill", "check", "url"),
        help="create: begin an archive where there is none; adopt: take another one as this "
        "workspace's; upgrade: bring the schema up to date; backfill: find copies and stories "
        "among articles of earlier releases; check: look for damage; url: print the address",
    )


def run(args: argparse.Namespace) -> int:
    """Do it; a damaged database ends with status 1."""
    options = options_of(args)
    url = options.database_url
    if args.action == "url":
        sys.stdout.write(f"{shown_url(url)}\n")
        return 0
    if args.action in ("create", "adopt"):
        decide = create_archive if args.action == "create" else adopt_archive
        decide(url, options.workspace)
        sys.stderr.write(f"{shown_url(url)}: is this workspace's archive\n")
        return 0
    if args.action == "upgrade":
        before, after = upgrade_archive(url, options.workspace)
        done = "is up to date" if before == after else f"upgraded from {before or 'nothing'}"
        sys.stderr.write(f"{shown_url(url)}: schema {after}, {done}\n")
        return 0
    with explained(url):
        engine = open_archive(url, options.workspace, read_only=args.action != "backfill")
        if args.action == "backfill":
            return _backfill(url, engine)
        report = check_database(engine)
    for line in report.lines:
        sys.stdout.write(f"{line}\n")
    if report.damage:
        raise DatabaseError(f"{shown_url(url)}: {report.damage}")
    return 0


def _backfill(url: str, engine: Engine) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    sessions = session_factory(engine)
    if dropped := drop_broken_aliases(sessions):
        told = "led to articles that are not what was listed there: they are asked for again"
        sys.stderr.write(f"{shown_url(url)}: {dropped} addresses {told}\n")
    with sessions() as session:
        lacking = count_lacking(session)
    if not lacking:
        sys.stderr.write(f"{shown_url(url)}: nothing to complete\n")
        return 0
    columns = ("completing articles", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = 0
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("", total=lacking)
            for number in backfill(sessions, now=datetime.now(UTC)):
                done += number
                progress.advance(task, number)
    except KeyboardInterrupt:
        told = "run `firstseen db backfill` again to go on"
        sys.stderr.write(f"stopped; {done} of {lacking} articles are complete, {told}\n")
        raise
    sys.stderr.write(f"{shown_url(url)}: completed {done} articles\n")
    return 0
