"""firstseen coverage: when we looked, when we could not, and what that leaves uncertain."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.waiting_pages import Waiting, by_section, sentences
from crawler.workspace_archive import archive_session
from pipelines.export.schema_org import iso_time
from pipelines.interval_words import told_ends, told_span
from pipelines.looks import WHOLE
from pipelines.operator_error import UsageError
from pipelines.outcome_words import tell_look
from pipelines.storage.coverage import CoverageState, SectionCoverage, coverage
from pipelines.storage.health_queries import LastVisit, last_looks
from pipelines.storage.waiting_pages import waiting_pages

_CELLS = 48
# Shapes that differ without colour; colour comes on top where the terminal has it.
_SIGNS: dict[CoverageState, tuple[str, str]] = {
    "new": ("█", "green"),
    "quiet": ("▄", "green"),
    "between": ("▁", "green"),
    "partial": ("~", "yellow"),
    "failed": ("x", "red"),
    "blocked": ("!", "yellow"),
    "none": ("·", "dim"),
}
_LEGEND = "█ new  ▄ quiet  ▁ between looks  ~ in part  x failed  ! kept out  · nobody looked"
_MOST_GAPS = 5
#: By source and section.
LastLooks = Mapping[tuple[str, str], LastVisit]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare whose coverage, and of when."""
    parser.add_argument("source", nargs="*", metavar="SLUG", help="sources")
    parser.add_argument("--all", action="store_true", help="every source")
    parser.add_argument("--since", type=parse_time, metavar="TIME", help="default: 24h")
    parser.add_argument("--until", type=parse_time, metavar="TIME", help="default: now")
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Print one strip per section, and its gaps."""
    if bool(args.source) == args.all:
        raise UsageError("name sources, or --all for every source")
    until = args.until or datetime.now(UTC)
    since = args.since or until - timedelta(hours=24)
    if since >= until:
        raise UsageError("--since must be before --until")
    with archive_session(options_of(args)) as session:
        found = coverage(session, sources=args.source, since=since, until=until)
        waiting = by_section(waiting_pages(session, now=until, slugs=args.source))
        lasts = last_looks(session, args.source)
    if unknown := sorted(set(args.source) - {c.source for c in found}):
        raise UsageError(f"the database knows no source {', '.join(unknown)}")
    if args.format == "json":
        sys.stdout.write(json.dumps([_record(c, waiting, lasts) for c in found], indent=2) + "\n")
    else:
        _print(found, waiting, lasts, since, until)
    return 0


def _record(c: SectionCoverage, waiting: Waiting, lasts: LastLooks) -> dict[str, Any]:
    last = lasts.get((c.source, c.section))
    pages = waiting.get((c.source, c.section), [])
    return {
        "source": c.source,
        "section": c.section,
        "use": c.use,
        "since": iso_time(c.since),
        "until": iso_time(c.until),
        "looks": len(c.looks),
        "last_outcome": last.outcome if last else None,
        "last_look": tell_look(last.outcome, last.detail, slug=c.source) if last else None,
        "completed": c.completed,
        "usual_seconds": c.usual.total_seconds() if c.usual else None,
        "window_overflows": c.overflows,
        "waiting": {each.reason: each.count for each in pages if not each.is_lost},
        "never_read": {each.reason: each.count for each in pages if each.is_lost},
        "gaps": [
            {
                "since": iso_time(gap.since),
                "until": iso_time(gap.until),
                "seconds": gap.length.total_seconds(),
                "reasons": gap.reasons,
                "new_links": gap.new_links,
            }
            for gap in c.gaps
        ],
    }


def _print(
    found: list[SectionCoverage],
    waiting: Waiting,
    lasts: LastLooks,
    since: datetime,
    until: datetime,
) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC    {_LEGEND}")
    names = [f"{c.source}/{c.section}" for c in found]
    width = max(map(len, names), default=0)
    for name, c in zip(names, found, strict=True):
        line = Text(f"{name:{width}} ")
        for state in c.strip(_CELLS):
            line.append(_SIGNS[state][0], style=_SIGNS[state][1])
        line.append(f" {c.completed}/{len(c.looks)} looks")
        if c.use != "enabled":
            line.append(f", {c.use}: not looked at any more", style="yellow")
        if c.usual:
            line.append(f", usually {told_span(c.usual)} apart")
        if c.overflows:
            line.append(f", {c.overflows} window overflows", style="yellow")
        console.print(line)
        for gap in c.gaps[-_MOST_GAPS:]:
            why = ", ".join(gap.reasons) or "nobody looked"
            begin, end = told_ends(gap.since, gap.until, with_seconds=True)
            told = f"{'':{width}}   {begin} to {end}  {told_span(gap.length)} uncertain ({why})"
            console.print(told, style="dim")
        last = lasts.get((c.source, c.section))
        if last is not None and last.outcome not in WHOLE:
            told = tell_look(last.outcome, last.detail, slug=c.source)
            console.print(f"{'':{width}}   last look {told}", style="yellow")
        for sentence in sentences(waiting.get((c.source, c.section), [])):
            console.print(f"{'':{width}}   {sentence}", style="yellow")
