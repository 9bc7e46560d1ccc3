"""firstseen run: look at what is due, by itself, until told to end."""

from __future__ import annotations

import argparse
from typing import Any

from crawler.commands.crawl import quiet
from crawler.commands.workspace_options import options_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The daemon takes its options from the workspace."""


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; 0 when it ended as told."""
    from crawler.schedule.daemon import run_daemon

    if not args.verbose:
        # They open and close a spider for every batch, and look at the schema twice.
        quiet("scrapy.core.engine", "alembic.runtime.migration")
    more: dict[str, Any] = {"LOG_LEVEL": "DEBUG" if args.verbose else "INFO"}
    return run_daemon(options_of(args), **more)
