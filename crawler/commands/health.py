"""firstseen health: which sections are well, and of what the others suffer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from crawler.alert_health import alert_lines, alert_records
from crawler.commands.workspace_options import options_of
from crawler.config import Options
from crawler.field_shares import shares, summed
from crawler.findings import Findings, find_all
from crawler.health import SectionHealth, counted
from crawler.own_troubles import own_lines
from crawler.spelling import did_you_mean
from crawler.volume import Volume
from crawler.workspace_archive import archive_session
from pipelines.export.schema_org import iso_time
from pipelines.operator_error import UsageError
from pipelines.storage.sources import source_slugs

_NARROW = 110  # columns of a terminal: 66 of them are taken before "why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which sources, and how to tell it."""
    parser.add_argument("source", nargs="*", metavar="SLUG", help="default: all sources")
    parser.add_argument("--all", action="store_true", help="also the sections that are well")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the judgement; 0 all is well, 3 something is not, 1 no section is, or no database."""
    now = datetime.now(UTC)
    options = options_of(args)
    found = _judge(options, args.source, now)
    if args.json:
        sys.stdout.write(json.dumps(_record(found, now), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found, everything=args.all)
        lines = [*own_lines(found.own, everything=args.all), *alert_lines(found.alerts)]
        sys.stderr.writelines(f"{line}\n" for line in lines)
    return found.status


def _judge(options: Options, slugs: Sequence[str], now: datetime) -> Findings:
    with archive_session(options, own=True) as session:
        found = find_all(session, options, now=now, slugs=slugs)
        known = [*source_slugs(session), *(one.source for one in found.unwatched)]
        for slug in slugs:
            if slug not in known:
                raise UsageError(
                    f"the database has never heard of {slug!r}{did_you_mean(slug, known)}"
                )
    return found


def _record(found: Findings, now: datetime) -> dict[str, Any]:
    return {
        "at": iso_time(now),
        "exit_status": found.status,
        "states": counted(found.sections),
        "unwatched": [asdict(one) for one in found.unwatched],
        "sections": [_section_record(health) for health in found.sections],
        "losses": [asdict(loss) for loss in found.losses],
        "alerts": alert_records(found.alerts),
        "own": [asdict(one) for one in found.own],
    }


def _section_record(health: SectionHealth) -> dict[str, Any]:
    facts, last = health.facts, health.facts.last
    return {
        "source": facts.source,
        "section": facts.section,
        "state": health.state,
        "reasons": list(health.reasons),
        "last_success_at": facts.last_success_at and iso_time(facts.last_success_at),
        "last_visit_at": last and iso_time(last.started_at),
        "last_outcome": last and last.outcome,
        "failures": facts.failures,
        "next_visit_at": facts.next_visit_at and iso_time(facts.next_visit_at),
        "lateness_seconds": round(health.lateness.total_seconds()),
        "last_new_at": facts.last_new_at and iso_time(facts.last_new_at),
        "new_last_24_hours": _volume_record(health.day),
        "new_last_7_days": _volume_record(health.week),
        "fields": shares(summed(facts.fields.values())),
        "readable_pages": shares(summed(facts.pages.values())),
        "fallen_fields": [
            {"field": f.field, "before": round(f.before, 3), "now": round(f.now, 3)}
            for f in health.falls
        ],
    }


def _volume_record(volume: Volume | None) -> dict[str, Any] | None:
    if volume is None:
        return None
    return {
        "seen": volume.seen,
        "expected": round(volume.expected, 1),
        "chance": float(f"{volume.chance:.2g}"),
    }


def _print(found: Findings, *, everything: bool) -> None:
    from crawler.commands.tables import is_narrower_than, print_records, print_table

    told = [f"{count} {state}" for state, count in counted(found.sections).items()]
    if found.unwatched:
        told.append(f"{len(found.unwatched)} unwatched")
    losses = [loss for loss in found.losses if everything or loss.is_ill]
    if losing := {loss.source for loss in losses if loss.is_ill}:
        told.append(f"{len(losing)} losing")
    rows: list[tuple[str, ...]] = [
        (
            f"{health.facts.source}/{health.facts.section}",
            health.state,
            _time(health.facts.last_success_at),
            _compared(health.day),
            _compared(health.week),
            "; ".join(health.reasons),
        )
        for health in found.sections
        if everything or health.state not in ("ok", "retired")
    ]
    rows += [(one.name, "unwatched", "never", "-", "-", one.reason) for one in found.unwatched]
    states = {True: "losing", False: "ok"}
    rows += [(loss.source, states[loss.is_ill], "-", "-", "-", loss.reason) for loss in losses]
    columns = ("section", "state", "last success", "new 24 h", "new 7 d", "why")
    if is_narrower_than(_NARROW):  # "why" would be a column of syllables
        print_records(columns, rows)
    else:
        print_table(columns, rows, wrapped={"why"})
    sys.stderr.write(
        f"{len(found.sections)} sections: {', '.join(told) or 'none was ever looked at'}\n"
    )


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "never"


def _compared(volume: Volume | None) -> str:
    return f"{volume.seen} of {volume.expected:.0f}" if volume else "-"
