"""firstseen stories: what happened, who had it first, and who carries whose text."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from crawler.commands.numbers import positive_number
from crawler.commands.stories_shown import print_stories, print_story, story_record
from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.workspace_archive import archive_session
from pipelines.explain_story import explain_pair
from pipelines.storage.shaping import merge_stories, rename_story, split_story
from pipelines.storage.stories import find_stories, find_story


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the list, one story, and what can be changed."""
    parser.add_argument("--since", type=parse_time, metavar="TIME", help="grown since: 24h, 7d")
    parser.add_argument("--until", type=parse_time, metavar="TIME", help="grown before")
    parser.add_argument(
        "--source", action="append", default=[], metavar="SLUG", help="with this source (repeat)"
    )
    parser.add_argument("--story", type=positive_number, metavar="ID", help="one story, whole")
    parser.add_argument(
        "--baseline", action="store_true", help="also stories that were there at the first look"
    )
    parser.add_argument(
        "--limit", type=positive_number, default=20, metavar="N", help="at most (default 20)"
    )
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: %(default)s"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=False)
    why = actions.add_parser("explain", help="why two articles are, or are not, one story")
    why.add_argument(
        "article", type=positive_number, nargs=2, metavar="ARTICLE", help="ids of two articles"
    )
    merge = actions.add_parser("merge", help="make two stories one")
    merge.add_argument("story", type=positive_number, metavar="STORY", help="this one goes")
    merge.add_argument("into", type=positive_number, metavar="INTO", help="this one stays")
    split = actions.add_parser("split", help="move articles into a story of their own")
    split.add_argument("story", type=positive_number, metavar="STORY", help="its id")
    split.add_argument("article", type=positive_number, nargs="+", metavar="ARTICLE", help="ids")
    rename = actions.add_parser("rename", help="give a story another title")
    rename.add_argument("story", type=positive_number, metavar="STORY", help="its id")
    rename.add_argument("title", metavar="TITLE", help="the new one")


def run(args: argparse.Namespace) -> int:
    """Show stories, or do the action."""
    changes = args.action in _CHANGES
    with archive_session(options_of(args), read_only=not changes) as session:
        return (_CHANGES | _VIEWS)[args.action](session, args)


def _list(session: Session, args: argparse.Namespace) -> int:
    if args.story:
        report = find_story(session, args.story)
        return _show([story_record(report)], lambda: print_story(report), args.format)
    reports = find_stories(
        session,
        since=args.since,
        until=args.until,
        sources=args.source,
        with_baseline=args.baseline,
        limit=args.limit,
    )
    if not reports:
        sys.stderr.write("no stories; --baseline shows those that were there at the first look\n")
    records = [story_record(report) for report in reports]
    return _show(records, lambda: print_stories(reports), args.format)


def _show(records: list[dict[str, Any]], draw: Callable[[], None], how: str) -> int:
    if how == "json":
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2) + "\n")
    else:
        draw()
    return 0


def _explain(session: Session, args: argparse.Namespace) -> int:
    why = explain_pair(session, *args.article)
    sys.stdout.write(why.told + "\n")
    for word, share in why.words:
        sys.stdout.write(f"  {share:5.1%}  {word}\n")
    return 0


def _merge(session: Session, args: argparse.Namespace) -> int:
    merge_stories(session, args.story, into=args.into, at=datetime.now(UTC))
    sys.stderr.write(f"story {args.story} is now part of story {args.into}\n")
    return 0


def _split(session: Session, args: argparse.Namespace) -> int:
    new = split_story(session, args.story, args.article, at=datetime.now(UTC))
    sys.stderr.write(f"{len(args.article)} articles are now story {new}\n")
    return 0


def _rename(session: Session, args: argparse.Namespace) -> int:
    rename_story(session, args.story, args.title, at=datetime.now(UTC))
    sys.stderr.write(f"story {args.story} is now {args.title!r}\n")
    return 0


_Action = Callable[[Session, argparse.Namespace], int]
_VIEWS: dict[str | None, _Action] = {None: _list, "explain": _explain}
_CHANGES: dict[str | None, _Action] = {"merge": _merge, "split": _split, "rename": _rename}
