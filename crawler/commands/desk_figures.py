"""What the crawling half lends to the pages: what a publisher got from us."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.commands.sources_conduct import report_of
from crawler.conduct_report import HostConduct, RobotsDecision
from pipelines.operator_error import UsageError
from pipelines.storage.sources import find_source
from pipelines.web.source_figures import ConductFigures, HostFigures, RobotsLine

_CONDUCT_SPAN = timedelta(days=7)


def conduct_of(session: Session, slug: str, now: datetime) -> ConductFigures:
    """Return what a publisher got from us in the last week."""
    source = find_source(session, slug)
    if source is None:
        raise UsageError(f"there is no source {slug}")
    report = report_of(session, source, since=now - _CONDUCT_SPAN, now=now)
    return ConductFigures(
        since=report.since,
        hosts=tuple(_host(host) for host in report.hosts),
        by_day={day: counts.requests for day, counts in report.days.items()},
        robots=tuple(_robots(decision) for decision in report.robots),
    )


def _host(host: HostConduct) -> HostFigures:
    counts = host.counts
    return HostFigures(
        host=host.lane,
        requests=counts.requests,
        per_day=host.per_day,
        received_bytes=counts.received_bytes,
        conditional_share=counts.conditional_share,
        not_modified_share=counts.not_modified_share,
        smallest_gap_seconds=counts.smallest_gap_seconds,
        pushed_back=counts.pushed_back,
        robots_disallowed=counts.robots_disallowed,
        held_until=host.held_until,
        shared_with=host.shared_with,
    )


def _robots(decision: RobotsDecision) -> RobotsLine:
    return RobotsLine(
        origin=decision.origin,
        http_status=decision.http_status,
        fetched_at=decision.fetched_at,
        crawl_delay=decision.crawl_delay,
        refused=tuple(key for key, allowed in decision.allows.items() if not allowed),
    )
