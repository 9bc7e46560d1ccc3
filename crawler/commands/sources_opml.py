"""firstseen sources opml and import: feeds to and from other readers."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from crawler.catalogue import load_source_file, load_sources
from crawler.config import Options
from crawler.opml import MOST_BYTES, OpmlError, Outlines, read_opml, write_opml
from crawler.subscriptions import ImportPlan, NewSource, plan_import
from crawler.workspace import TAKEN_UP
from pipelines.export.whole_file import whole_file

_MOST_SHOWN = 20  # lines of one kind


def export_opml(options: Options, *, output: str, now: datetime) -> int:
    """Write the feeds of the enabled sources as OPML."""
    sources = [s for s in load_sources(options.sources_folder).values() if s.enabled]
    content = write_opml(sources, title="firstseen", made_at=now)
    if output == "-":
        sys.stdout.buffer.write(content)
    else:
        with whole_file(output) as stream:
            stream.write(content)
    left = [s.slug for s in sources if all(section.kind != "feed" for section in s.sections)]
    if left:
        _say(f"left out, because they have no feed: {', '.join(left)}")
    return 0


def import_opml(options: Options, name: str, *, dry_run: bool, with_bundled: bool) -> int:
    """Write a source file for each new publisher of a list; nothing that exists is touched.

    Return 0, or 3 when parts of the list were refused. Raises OpmlError when nothing can be read.
    """
    found = _read(name)
    workspace = load_sources(options.sources_folder).values()
    bundled = [] if with_bundled else list(load_sources().values())
    plan = plan_import(found.subscriptions, list(workspace), bundled)
    for source in plan.new:
        path = options.sources_folder / f"{source.slug}.toml"
        if not dry_run:
            _write(path, source)
        feeds = "1 feed" if len(source.feeds) == 1 else f"{len(source.feeds)} feeds"
        _say(f"{'would write' if dry_run else 'wrote'} {path} ({feeds})")
    _tell_the_rest(plan, found, dry_run=dry_run)
    return 3 if found.refused else 0


def _read(name: str) -> Outlines:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as stream:
                content = stream.read(MOST_BYTES + 1)
        found = read_opml(content)
    except OSError as error:
        raise OpmlError(f"{name}: cannot be read: {error.strerror}") from error
    except OpmlError as error:
        raise OpmlError(f"{name} {error}") from error
    if not found.subscriptions:
        why = f": {found.refused[0]}" if found.refused else ""
        raise OpmlError(f"{name} lists no feed that can be followed{why}")
    return found


def _write(path: Path, source: NewSource) -> None:
    try:
        with path.open("x", encoding="utf-8") as stream:  # never over a file that is there
            try:
                stream.write(source.text)
                stream.flush()
            except OSError:
                path.unlink()
                raise
    except OSError as error:
        raise OpmlError(f"{path}: cannot be written: {error.strerror}") from error
    load_source_file(path)  # what we wrote must be what we read


def _tell_the_rest(plan: ImportPlan, found: Outlines, *, dry_run: bool) -> None:
    for feed in plan.followed[:_MOST_SHOWN]:
        _say(f"followed already: {feed.url}")
    for slug, feeds in plan.known.items():
        for feed in feeds:
            _say(f"{slug}.toml is there; this section may be added to it: {feed.url}")
    if plan.bundled:
        slugs = " ".join(sorted(plan.bundled))
        _say(f"the catalogue knows these; next: firstseen sources enable {slugs}")
    for reason in found.refused[:_MOST_SHOWN]:
        _say(f"refused: {reason}")
    if len(found.refused) > _MOST_SHOWN:
        _say(f"refused: {len(found.refused) - _MOST_SHOWN} more")
    if plan.new:
        if not dry_run:
            _say(TAKEN_UP)
        _say("next: `firstseen sources check` looks at them; set country and verified when well")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
