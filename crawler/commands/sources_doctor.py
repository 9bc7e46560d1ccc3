"""firstseen sources doctor: how a publisher can be watched, and the source file to accept."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.batch import run_examination
from crawler.catalogue import SourceDefinition, load_sources
from crawler.commands.crawl import shown
from crawler.commands.source_files import write_source_file
from crawler.commands.tables import is_narrower_than, print_records, print_table
from crawler.config import Options
from crawler.diagnosis import Diagnosis, Finding, score
from crawler.doctor import examine, slug_of
from crawler.proposal import mended_text, repairs, source_text
from crawler.spiders.examination import Visitor
from crawler.spiders.looks import now_utc
from crawler.workspace import choose_sources
from pipelines.operator_error import UsageError

_NARROW = 110  # columns of a terminal: an address and its remarks want half of them each


@dataclass(frozen=True, slots=True)
class Prescription:
    """What to write: ``text`` is "" when there is nothing to mend, or nothing was found."""

    path: Path
    text: str
    told: str
    exit_status: int


def examine_source(
    options: Options, asked: str, *, write: bool, as_json: bool, verbose: bool
) -> int:
    """Look, tell what was found, and print or write the source file.

    Returns 0 when all is well or something was found, 3 when a part could not be mended, else 1.
    """
    source = _source(options, asked)
    now = now_utc()

    def work(visitor: Visitor) -> Awaitable[Diagnosis]:
        return examine(visitor, asked, now=now, source=source)

    found: Diagnosis | None = run_examination(options, work, **shown(verbose=verbose))
    if found is None:
        raise KeyboardInterrupt
    advice = _prescribe(options, found, source)
    if as_json:
        record = _record(found, advice, now)
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found, now)
    if write and advice.text:
        _write(advice, source)
    elif advice.text and not as_json:
        sys.stdout.write(f"\n# {advice.path}\n{advice.text}")
    sys.stderr.write(f"{advice.told}\n")
    return advice.exit_status


def _source(options: Options, asked: str) -> SourceDefinition | None:
    """Return the source of that name; None for an address or a domain."""
    if "." in asked or "/" in asked or ":" in asked or asked == "localhost":
        return None
    return choose_sources(options.sources_folder, [asked])[0]


def _prescribe(options: Options, found: Diagnosis, source: SourceDefinition | None) -> Prescription:
    if source is not None:
        return _repair(options, found, source)
    slug = slug_of(found.home_url)
    path = options.sources_folder / f"{slug}.toml"
    best = found.best
    if best is None:
        return Prescription(path, "", "nothing to watch was found", 1)
    known = [s.slug for s in load_sources(options.sources_folder).values() if _same(s, best)]
    if known:
        return Prescription(path, "", f"the workspace follows it already: {known[0]}", 0)
    told = f"best: {best.kind} {best.url}; accept it with --write"
    return Prescription(path, source_text(found), told, 0)


def _same(source: SourceDefinition, found: Finding) -> bool:
    return any(section.url == found.url for section in source.sections)


def _repair(options: Options, found: Diagnosis, source: SourceDefinition) -> Prescription:
    path = source.path or options.sources_folder / f"{source.slug}.toml"
    broken = [f.key for f in found.findings if f.key and not f.works]
    if not broken:
        return Prescription(path, "", "every section lists articles; nothing to mend", 0)
    text = path.read_text(encoding="utf-8")
    mended = repairs(source, found)
    for section in source.sections:
        if section.key in mended:
            try:
                text = mended_text(text, section, mended[section.key])
            except ValueError as error:
                raise UsageError(f"{path}: {error}; mend it by hand") from error
    left = [key for key in broken if key not in mended]
    told = f"mended: {', '.join(mended) or 'none'}"
    if left:
        told += f"; nothing found for: {', '.join(left)}"
    status = 0 if not left else 3 if mended else 1
    return Prescription(path, text if mended else "", told, status)


def _write(advice: Prescription, source: SourceDefinition | None) -> None:
    if source is None and advice.path.exists():
        raise UsageError(f"{advice.path}: is there already; name the source instead of its address")
    write_source_file(advice.path, advice.text)


def _record(found: Diagnosis, advice: Prescription, now: datetime) -> dict[str, Any]:
    return {
        "asked": found.asked,
        "home_url": found.home_url,
        "name": found.name,
        "country": found.country or None,
        "language": found.language or None,
        "robots": found.robots,
        "crawl_delay": found.crawl_delay,
        "wall": found.wall or None,
        "notes": list(found.notes),
        "sections": [_finding_record(f, now) for f in found.findings],
        "told": advice.told,
        "file": str(advice.path) if advice.text else None,
        "toml": advice.text or None,
    }


def _finding_record(f: Finding, now: datetime) -> dict[str, Any]:
    return {
        "key": f.key or None,
        "url": f.url,
        "kind": f.kind,
        "name": f.name,
        "score": score(f, now=now),
        "about_politics": f.about_politics,
        "outcome": f.outcome,
        "detail": f.detail or None,
        "links": len(f.links),
        "newest_at": f.newest_at and f.newest_at.isoformat(),
        "hub_url": f.hub_url,
        "needs_rendering": f.needs_rendering,
        "article_readable": f.readable,
    }


def _print(found: Diagnosis, now: datetime) -> None:
    write = sys.stdout.write
    write(f"{found.name or found.asked}: {found.home_url}\n")
    delay = f", asks for {found.crawl_delay:g} s between requests" if found.crawl_delay else ""
    write(f"robots.txt {found.robots}{delay}\n")
    if found.wall:
        write(f"before its pages stands: {found.wall}\n")
    for note in found.notes:
        write(f"{note}\n")
    rows = [
        (
            f"{score(f, now=now):.1f}",
            f.kind,
            f.url,
            str(len(f.links)),
            f"{f.newest_at:%Y-%m-%d %H:%M}" if f.newest_at else "",
            _remark(f),
        )
        for f in found.findings
    ]
    columns = ("score", "kind", "address", "links", "newest", "remarks")
    if is_narrower_than(_NARROW):  # an address must not be cut
        print_records(
            ("address", "score", *columns[1:2], *columns[3:]),
            [(row[2], row[0], row[1], *row[3:]) for row in rows],
        )
    else:
        print_table(columns, rows, wrapped={"remarks"})


def _remark(f: Finding) -> str:
    remarks = [
        f"section {f.key}" if f.key else "",
        "politics" if f.about_politics else "",
        f.outcome if f.outcome != "ok" else "",
        "needs rendering" if f.needs_rendering else "",
        "offers WebSub" if f.hub_url else "",
        {True: "article read", False: "article not readable", None: ""}[f.readable],
    ]
    return ", ".join(filter(None, remarks))
