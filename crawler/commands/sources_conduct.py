"""firstseen sources conduct: what a publisher got from us, and what its robots.txt decided."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crawler.commands.tables import is_narrower_than, print_table
from crawler.conduct_report import (
    ConductReport,
    HostConduct,
    RobotsDecision,
    conduct_report,
    lanes_of,
    robots_decision,
)
from crawler.config import Options
from crawler.middlewares import FETCH_SETTINGS
from crawler.middlewares.lane_key import lane_key
from crawler.spelling import did_you_mean
from crawler.workspace_archive import archive_session
from pipelines.export.schema_org import iso_time
from pipelines.host_memory import RobotsCopy
from pipelines.operator_error import UsageError
from pipelines.storage import conduct
from pipelines.storage.models import Source
from pipelines.storage.sources import find_source, source_slugs

_NARROW = 100  # columns of a terminal: twelve hours of a busy host need about so many


def show_conduct(
    options: Options, slug: str, *, since: datetime, now: datetime, as_json: bool
) -> int:
    """Print the answer for one source. Raises UsageError when the database knows none of it."""
    with archive_session(options) as session:
        source = find_source(session, slug)
        if source is None:
            known = source_slugs(session)
            raise UsageError(f"the database has never heard of {slug!r}{did_you_mean(slug, known)}")
        report = report_of(session, source, since=since, now=now)
        name = source.name
    if as_json:
        sys.stdout.write(json.dumps(_record(slug, report), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(f"{name} ({slug})", report)
    return 0


def report_of(session: Session, source: Source, *, since: datetime, now: datetime) -> ConductReport:
    """Return the answer for one source."""
    by_source = conduct.lanes_by_source(session)
    lanes = lanes_of(
        by_source.get(source.slug, ()), conduct.known_lanes(session), home_url=source.home_url
    )
    shared = {
        lane: tuple(sorted(s for s, of in by_source.items() if lane in of and s != source.slug))
        for lane in lanes
    }
    sections = {s.key: s.url for s in source.sections if s.enabled}
    robots = [
        robots_decision(
            row.origin,
            RobotsCopy(row.body, row.http_status, row.fetched_at),
            token=str(FETCH_SETTINGS["ROBOTSTXT_USER_AGENT"]),
            sections=sections,
        )
        for row in conduct.kept_robots(session)
        if lane_key(row.origin) in lanes
    ]
    return conduct_report(
        conduct.conduct_hours(session, lanes, since=since),
        lanes=lanes,
        since=since,
        now=now,
        shared=shared,
        held=conduct.hold_offs(session, lanes, now=now),
        robots=robots,
    )


def _record(slug: str, report: ConductReport) -> dict[str, Any]:
    return {
        "source": slug,
        "since": iso_time(report.since),
        "until": iso_time(report.until),
        "hosts": [_host_record(host) for host in report.hosts],
        "days": {day.isoformat(): asdict(counts) for day, counts in report.days.items()},
        "requests_a_day_by_utc_hour": [round(count, 2) for count in report.by_hour],
        "robots": [
            {**asdict(found), "fetched_at": iso_time(found.fetched_at)} for found in report.robots
        ],
    }


def _host_record(host: HostConduct) -> dict[str, Any]:
    at, count = host.busiest_hour or (None, 0)
    return {
        "host": host.lane,
        "shared_with": list(host.shared_with),
        "requests_a_day": round(host.per_day, 2),
        "busiest_hour": at and {"hour": iso_time(at), "requests": count},
        "held_until": host.held_until and iso_time(host.held_until),
        **asdict(host.counts),
    }


def _print(title: str, report: ConductReport) -> None:
    write = sys.stdout.write
    write(f"{title}, {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC\n")
    for host in report.hosts:
        write("".join(f"{line}\n" for line in _host_lines(host)))
    for found in report.robots:
        write(f"{_robots_line(found)}\n")
    if report.days:
        write("\n")
        _print_days(report)
        write("\n")
        _print_hours(report)


def _host_lines(host: HostConduct) -> Iterator[str]:
    counts = host.counts
    yield f"{host.lane}: {counts.requests:,} requests, {host.per_day:,.1f} a day"
    if host.shared_with:
        yield f"  also asked for: {', '.join(host.shared_with)}"
    if host.busiest_hour and counts.requests:
        at, most = host.busiest_hour
        yield f"  at most {most:,} in an hour ({at:%Y-%m-%d %H}:00)"
    if counts.smallest_gap_seconds is not None:
        yield f"  smallest pause after a reply: {counts.smallest_gap_seconds:.2f} s"
    if counts.by_purpose:
        told = ", ".join(f"{purpose} {count:,}" for purpose, count in counts.by_purpose.items())
        yield f"  for: {told}; received {counts.received_bytes / 1e6:,.1f} MB"
    if counts.conditional_share is not None:
        told = f"  listings asked for conditionally: {counts.conditional_share:.0%}"
        if counts.not_modified_share is not None:
            told += f', of which "not modified": {counts.not_modified_share:.0%}'
        yield told
    for count, what in (
        (counts.pushed_back, "answered with 429 or 503"),
        (counts.robots_disallowed, "not sent: robots.txt says no"),
        (counts.robots_unreachable, "not sent: robots.txt could not be read"),
        (counts.held_off, "not sent: the host asked for a pause"),
    ):
        if count:
            yield f"  {count:,} {what}"
    if host.held_until:
        yield f"  left alone until {host.held_until:%Y-%m-%d %H:%M} UTC, as it asked"


def _robots_line(found: RobotsDecision) -> str:
    told = f"{found.origin}/robots.txt: {found.http_status}, read {found.fetched_at:%Y-%m-%d %H:%M}"
    if found.crawl_delay:
        told += f", asks for {found.crawl_delay:g} s between requests"
    for word, wanted in (("allows", True), ("forbids", False)):
        if keys := [key for key, allowed in found.allows.items() if allowed is wanted]:
            told += f", {word} {', '.join(keys)}"
    return told


def _print_days(report: ConductReport) -> None:
    rows = [
        (
            day.isoformat(),
            f"{c.requests:,}",
            f"{c.listings:,}",
            "-" if c.conditional_share is None else f"{c.conditional_share:.0%}",
            "-" if c.smallest_gap_seconds is None else f"{c.smallest_gap_seconds:.2f} s",
            str(c.pushed_back or "-"),
            str(c.robots_disallowed + c.robots_unreachable + c.held_off or "-"),
        )
        for day, c in report.days.items()
    ]
    columns = ("day", "requests", "listings", "conditional", "pause", "429/503", "not sent")
    print_table(columns, rows)


def _print_hours(report: ConductReport) -> None:
    hours = 6 if is_narrower_than(_NARROW) else 12  # in one row
    columns = ("requests a day", *(f"+{hour}" for hour in range(hours)))
    rows = [
        (f"from {start:02}:00", *(f"{n:.1f}" for n in report.by_hour[start : start + hours]))
        for start in range(0, 24, hours)
    ]
    print_table(columns, rows)
