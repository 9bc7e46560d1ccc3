"""How the result of a crawl is told: one line for people, a record for programs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from crawler.batch import BatchReport
from pipelines.export.schema_org import iso_time
from pipelines.storage.database import shown_url
from pipelines.storage.writer import told_in_one_line

_MOST_NAMED = 5


def summary_line(report: BatchReport) -> str:
    """Return what a run did, in one line."""
    looks = report.looks
    failed = [f"{e.look.source}/{e.look.section}" for e in looks if not e.look.completed]
    parts = [
        f"{len(looks)} sections looked at",
        f"{report.stored('new')} new articles",
    ]
    if revised := report.stored("revision"):
        parts.append(f"{revised} new wordings")
    if report.pages:
        parts.append(f"{len(report.pages)} pages without article ({_reasons(report)})")
    if failed:
        named = ", ".join(failed[:_MOST_NAMED]) + (" ..." if len(failed) > _MOST_NAMED else "")
        parts.append(f"{len(failed)} failed: {named}")
    if report.unfinished:
        parts.append(f"{report.unfinished} not finished")
    return ", ".join(parts)


def _reasons(report: BatchReport) -> str:
    counts = Counter(page.outcome for page in report.pages).most_common(_MOST_NAMED)
    return ", ".join(f"{outcome} {count}" for outcome, count in counts)


def failure_line(report: BatchReport, url: str) -> str:
    """Return why the run as a whole failed, "" when it did not."""
    if report.failure is None:
        return ""
    return f"{shown_url(url)}: {told_in_one_line(report.failure)}"


def summary_record(report: BatchReport) -> dict[str, Any]:
    """Return what a run did, section by section."""
    return {
        "exit_status": report.exit_status,
        "articles": {"new": report.stored("new"), "revised": report.stored("revision")},
        "pages_without_article": dict(Counter(page.outcome for page in report.pages)),
        "unfinished": report.unfinished,
        "sections": [
            {
                "source": ended.look.source,
                "section": ended.look.section,
                "outcome": ended.look.outcome,
                "detail": ended.look.detail or None,
                "http_status": ended.look.http_status,
                "started_at": iso_time(ended.look.started_at),
                "links": None if ended.look.links is None else len(ended.look.links),
                "new_links": len(ended.result.fresh),
                "baseline": ended.result.baseline,
                "window_overflow": ended.result.window_overflow,
            }
            for ended in report.looks
        ],
    }
