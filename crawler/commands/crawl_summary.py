"""How the result of a crawl is told: one line for people, a record for programs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from crawler.batch import BatchReport
from crawler.commands.delivered import PARTLY, delivered_line, delivered_record
from crawler.delivery import Pass
from crawler.schedule.batches import OnceReport
from pipelines.export.schema_org import iso_time
from pipelines.looks import SectionLook
from pipelines.storage.database import shown_url
from pipelines.storage.faults import told_in_one_line

_MOST_NAMED = 5
#: Outcomes that pass by nobody: our own filters and limits, and listings that are elsewhere.
_EXPLAINED = frozenset({"partial", "sparse", "all-filtered", "moved"})


def tell_once(
    report: OnceReport, url: str, *, as_json: bool, quiet: bool, sent: Pass | None = None
) -> int:
    """Tell what a run from the command line did; return its exit status.

    ``quiet`` says nothing where there was nothing to do and nothing new: for cron. ``sent`` is what
    became of the alerts; what could not be delivered makes a good run a partial one, and so does a
    run that somebody stopped.
    """
    status = report.batch.exit_status if report.batch else 0
    if report.was_stopped or (sent is not None and not sent.is_well):
        status = status or PARTLY
    if as_json:
        record = summary_record(report.batch) if report.batch else {"sections": []}
        record |= {"exit_status": status, "alerts": delivered_record(sent) if sent else None}
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    if report.another_leads:
        sys.stderr.write("another firstseen is at work on this database; nothing looked at\n")
    elif report.busy:
        sys.stderr.write(f"left to the crawl that is under way: {', '.join(report.busy)}\n")
    elif report.batch is None and not quiet:
        sys.stderr.write("nothing to look at\n")
    if report.batch is not None:
        _tell_batch(report.batch, url, quiet=quiet and not report.was_stopped)
    if report.was_stopped:
        sys.stderr.write("stopped before its end; the next run goes on with what is left\n")
    if sent is not None and (told := delivered_line(sent)) and not (quiet and sent.is_well):
        sys.stderr.write(f"alerts: {told}\n")
    return status


def _tell_batch(batch: BatchReport, url: str, *, quiet: bool) -> None:
    if not (quiet and batch.exit_status == 0 and not batch.stored("new")):
        sys.stderr.write(summary_line(batch) + "\n")
        sys.stderr.writelines(f"firstseen: {line}\n" for line in explained_looks(batch))
    if told := failure_line(batch, url):
        sys.stderr.write(f"firstseen: {told}\n")


def summary_line(report: BatchReport) -> str:
    """Return what a run did, in one line."""
    looks = report.looks
    failed = [_named(e.look) for e in looks if not e.look.is_answered]
    in_part = [_named(e.look) for e in looks if e.look.is_answered and not e.look.is_whole]
    parts = [_counted(len(looks), "section"), _counted(report.stored("new"), "new article")]
    if revised := report.stored("revision"):
        parts.append(_counted(revised, "new wording"))
    if unstored := report.stored("failed"):
        parts.append(f"{unstored} not stored")
    if report.pages:
        parts.append(f"{len(report.pages)} skipped ({_reasons(report)})")
    if report.unfinished:
        parts.append(f"{report.unfinished} not finished")
    for names, told in ((in_part, "not seen whole"), (failed, "failed")):
        if names:
            more = ", ..." if len(names) > _MOST_NAMED else ""
            parts.append(f"{len(names)} {told}: {', '.join(names[:_MOST_NAMED])}{more}")
    return ", ".join(parts)


def _named(look: SectionLook) -> str:
    return f"{look.source}/{look.section} ({look.outcome})"


def explained_looks(report: BatchReport) -> list[str]:
    """Return a line for each section that a person has to do something about, at most five."""
    told = [
        f"{look.source}/{look.section}: {look.detail}"
        for look in (ended.look for ended in report.looks)
        if look.outcome in _EXPLAINED and look.detail
    ]
    return told[:_MOST_NAMED]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


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
        "articles": {
            "new": report.stored("new"),
            "revised": report.stored("revision"),
            "not_stored": report.stored("failed"),
        },
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
                "entries": None if ended.look.links is None else ended.look.entries,
                "left_out": dict(Counter(link.left_out for link in ended.look.left_out)),
                "links": None if ended.look.links is None else len(ended.look.links),
                "new_links": len(ended.result.fresh),
                "baseline": ended.result.baseline,
                "older": len(ended.result.older),
                "window_overflow": ended.result.window_overflow,
            }
            for ended in report.looks
        ],
    }
