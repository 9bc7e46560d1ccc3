"""firstseen diff: what changed between the wordings of an article, word by word."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from crawler.commands.diff_page import diff_page
from crawler.commands.diff_shown import print_diff
from crawler.commands.numbers import positive_number
from crawler.commands.workspace_options import options_of
from crawler.workspace_archive import archive_session
from pipelines.operator_error import OperatorError
from pipelines.storage.revisions import article_history


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the article, the wordings, and where the page goes."""
    parser.add_argument(
        "article", type=positive_number, metavar="ARTICLE", help="its id, as search shows it"
    )
    parser.add_argument(
        "--from", type=positive_number, dest="since", metavar="N", help="compare wording N ..."
    )
    parser.add_argument(
        "--to", type=positive_number, dest="until", metavar="N", help="... with wording N"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page for a browser instead"
    )
    parser.add_argument("--whole", action="store_true", help="show unchanged paragraphs as well")


def run(args: argparse.Namespace) -> int:
    """Show each wording beside the one before, or the two that were named."""
    with archive_session(options_of(args)) as session:
        history = article_history(session, args.article)
    steps = history.steps(args.since, args.until)
    if args.html is None:
        print_diff(history, steps, whole=args.whole)
        return 0
    try:
        args.html.write_text(diff_page(history, steps), encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{args.html}: {error.strerror}") from error
    sys.stderr.write(f"wrote {args.html}\n")
    return 0
