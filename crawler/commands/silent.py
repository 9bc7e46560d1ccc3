"""firstseen alerts list --silent: the matches that were not told, and why."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from crawler.config import Options
from crawler.spelling import did_you_mean
from pipelines.export.schema_org import iso_time
from pipelines.messages import one_line
from pipelines.operator_error import UsageError
from pipelines.silent import SilentMatch, silent_matches
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import watches_of

_LOOKED_BACK = timedelta(days=7)


def show_silent(session: Session, options: Options, args: argparse.Namespace) -> int:
    """Print the silent matches of all watches or of one, the newest first; return 0."""
    if args.state:
        raise UsageError("--state is of alerts; what was not told has none")
    found = silent_matches(
        session,
        _watches(options, args.watch),
        since=args.since or datetime.now(UTC) - _LOOKED_BACK,
        most=args.limit,
        oldest=timedelta(hours=options.alerts.oldest_hours),
    )
    if args.format == "json":
        records = [_record(match) for match in found]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found)
    return 0


def _watches(options: Options, slug: str | None) -> list[WatchDefinition]:
    known = watches_of(options.watches_folder).definitions
    if slug is None:
        return list(known.values())
    if slug not in known:
        raise UsageError(f"there is no watch {slug!r} at work{did_you_mean(slug, known)}")
    return [known[slug]]


def _print(found: list[SilentMatch]) -> None:
    from crawler.commands.tables import print_table

    rows = [
        (
            f"{match.article.first_seen_at:%Y-%m-%d %H:%M:%S}",
            match.watch,
            match.kind,
            one_line(match.told),
            match.source.slug,
            str(match.article.id),
            one_line(match.article.headline),
        )
        for match in found
    ]
    columns = ("seen (UTC)", "watch", "silent", "why", "source", "article", "headline")
    print_table(columns, rows, wrapped={"why", "headline"})
    if not found:
        sys.stderr.write("nothing that answers a watch was left untold\n")


def _record(match: SilentMatch) -> dict[str, Any]:
    return {
        "watch": match.watch,
        "reason": match.kind,
        "told": match.told,
        "article": {
            "id": match.article.id,
            "headline": match.article.headline,
            "url": match.article.url,
            "source": match.source.slug,
            "firstSeenAt": iso_time(match.article.first_seen_at),
            "notSeenAt": iso_time(match.article.not_seen_at),
            "datePublished": iso_time(match.article.date_published),
        },
    }
