"""firstseen crawl: look at the sections once and store what is new."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

from crawler.catalogue import SourceFolder, load_sources
from crawler.commands.numbers import positive_number
from crawler.commands.workspace_options import options_of
from crawler.workspace import chosen_of
from pipelines.operator_error import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which sources, and how to tell the result."""
    parser.add_argument("source", nargs="*", metavar="SLUG", help="default: all enabled sources")
    parser.add_argument(
        "--due", action="store_true", help="only what is due now (for cron and systemd timers)"
    )
    parser.add_argument(
        "--limit", type=positive_number, metavar="N", help="with --due: at most N hosts"
    )
    parser.add_argument(
        "--no-deliver",
        action="store_true",
        help="leave the alerts that are due to `firstseen alerts deliver`",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--metrics-file", type=Path, metavar="FILE", help="with --due: figures for Prometheus"
    )


def run(args: argparse.Namespace) -> int:
    """Crawl, then deliver; 0 done, 1 failed, 3 some sections failed or some alerts are late."""
    options = options_of(args)
    folder = SourceFolder(load_sources(options.sources_folder))
    definitions = chosen_of(folder.sources, args.source, options.sources_folder)
    if not definitions:
        raise UsageError(
            f"no enabled source in {options.sources_folder}; "
            "`firstseen sources enable SLUG` adds one from the catalogue"
        )
    # Scrapy takes most of a second to import: only once the arguments are known to be right.
    from crawler.commands.crawl_summary import tell_once
    from crawler.delivery import deliver_due
    from crawler.schedule.batches import crawl_once

    if args.metrics_file:
        from crawler.schedule.metrics import check_metrics_file

        check_metrics_file(args.metrics_file)
    report = crawl_once(
        options,
        definitions,
        folder=folder,
        only_due=args.due,
        most_lanes=args.limit,
        **shown(verbose=args.verbose),
    )
    sent = None if args.no_deliver or report.was_stopped else deliver_due(options)
    status = tell_once(report, options.database_url, as_json=args.json, quiet=args.due, sent=sent)
    if args.metrics_file and not report.another_leads:
        from crawler.schedule.metrics import write_metrics
        from crawler.spiders.looks import now_utc

        write_metrics(args.metrics_file, options.database_url, report.batch, now=now_utc)
    return status


def shown(*, verbose: bool) -> dict[str, Any]:
    """Return the Scrapy settings for what is shown while a crawl runs: a log, or one line."""
    if verbose:
        quiet()
        return {"LOG_LEVEL": "INFO"}
    logging.getLogger("scrapy.core.scraper").addFilter(without_trace)
    return {
        "LOG_LEVEL": logging.getLevelName(logging.ERROR),
        "SHOW_PROGRESS": sys.stderr.isatty(),
    }


def quiet(*more: str) -> None:
    """Leave only errors in the log of what speaks of itself, of ``more`` as well."""
    for name in (*_CHATTY, *more):
        # A filter: Scrapy sets the levels of its loggers anew when it starts.
        logging.getLogger(name).addFilter(is_error)


def is_error(record: logging.LogRecord) -> bool:
    """Let a log record pass if something failed."""
    return record.levelno >= logging.ERROR


def without_trace(record: logging.LogRecord) -> bool:
    """Let a log record pass in one line; ``--verbose`` shows the trace."""
    record.exc_info = None
    return True


# What they list at every start are our own settings; an operator wants to see visits.
_CHATTY = ("scrapy.middleware", "scrapy.crawler", "scrapy.addons", "scrapy.utils.log")
