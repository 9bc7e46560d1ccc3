"""firstseen crawl: look at the sections once and store what is new."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import Any

from crawler.commands.workspace_options import options_of
from crawler.workspace import choose_sources
from pipelines.operator_error import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which sources, and how to tell the result."""
    parser.add_argument("source", nargs="*", help="slugs of sources (default: all enabled)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Crawl; 0 done (also: nothing new), 1 failed, 3 some sections failed."""
    options = options_of(args)
    definitions = choose_sources(options.sources_folder, args.source)
    if not definitions:
        raise UsageError(
            f"no enabled source in {options.sources_folder}; "
            "`firstseen sources enable SLUG` adds one from the catalogue"
        )
    # Scrapy takes most of a second to import: only once the arguments are known to be right.
    from crawler.batch import run_batch
    from crawler.commands.crawl_summary import failure_line, summary_line, summary_record

    report = run_batch(options, definitions, **shown(verbose=args.verbose))
    if args.json:
        sys.stdout.write(json.dumps(summary_record(report), ensure_ascii=False, indent=2) + "\n")
    sys.stderr.write(summary_line(report) + "\n")
    if told := failure_line(report, options.database_url):
        sys.stderr.write(f"firstseen: {told}\n")
    return report.exit_status


def shown(*, verbose: bool) -> dict[str, Any]:
    """Return the Scrapy settings for what is shown while a crawl runs: a log, or one line."""
    if verbose:
        return {"LOG_LEVEL": "INFO"}
    return {
        "LOG_LEVEL": logging.getLevelName(logging.ERROR),
        "SHOW_PROGRESS": sys.stderr.isatty(),
        "EXTENSIONS": {"crawler.extensions.progress.CrawlProgress": 900},
    }
