"""firstseen sources list and enable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from crawler.catalogue import SourceDefinition, load_sources
from crawler.config import Options
from crawler.workspace import TAKEN_UP, copy_from_catalogue
from crawler.workspace_archive import archive_session
from pipelines.export.schema_org import iso_time
from pipelines.operator_error import OperatorError
from pipelines.storage.source_history import ToldChange, told_changes


def list_workspace(options: Options, *, country: str | None, as_json: bool) -> int:
    """Print the sources of a workspace."""
    sources = _of_country(load_sources(options.sources_folder).values(), country)
    return _print(sources, as_json=as_json, changes=_changes(options, sources))


def _changes(options: Options, sources: list[SourceDefinition]) -> dict[str, list[ToldChange]]:
    """Return what became of the sources, as far as there is a database that tells."""
    found: dict[str, list[ToldChange]] = {}
    try:
        with archive_session(options) as session:
            slugs = [source.slug for source in sources]
            for change in told_changes(session, slugs=slugs) if slugs else ():
                found.setdefault(change.source, []).append(change)
    except OperatorError:
        return {}  # the files can be listed all the same
    return found


def list_catalogue(*, country: str | None, as_json: bool) -> int:
    """Print the bundled catalogue; needs no workspace."""
    return _print(_of_country(load_sources().values(), country), as_json=as_json)


def _of_country(sources: Iterable[SourceDefinition], country: str | None) -> list[SourceDefinition]:
    return [s for s in sources if country is None or s.country == country.upper()]


def _print(
    sources: list[SourceDefinition],
    *,
    as_json: bool,
    changes: Mapping[str, list[ToldChange]] = MappingProxyType({}),
) -> int:
    if as_json:
        records = [_record(source, changes.get(source.slug, ())) for source in sources]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2) + "\n")
    else:
        _print_table(sources)
        for change in (each[-1] for each in changes.values()):
            sys.stdout.write(f"{change.at:%Y-%m-%d %H:%M} {change.name}: {change.told}\n")
    if not sources:
        sys.stderr.write("no sources; `firstseen sources list --all` shows the catalogue\n")
    return 0


def _record(source: SourceDefinition, changes: Iterable[ToldChange]) -> dict[str, Any]:
    return {
        "slug": source.slug,
        "name": source.name,
        "home_url": source.home_url,
        "country": source.country,
        "language": source.language,
        "family": source.publisher_family,
        "enabled": source.enabled,
        "verified": source.verified,
        "sections": [{"key": s.key, "kind": s.kind, "url": s.url} for s in source.sections],
        "changes": [
            {"at": iso_time(c.at), "section": c.section or None, "kind": c.kind, "told": c.told}
            for c in changes
        ],
    }


def _print_table(sources: list[SourceDefinition]) -> None:
    from crawler.commands.tables import print_table

    rows = [
        (
            *(source.slug, source.name, source.country, source.language),
            ", ".join(f"{s.key} ({s.kind})" for s in source.sections),
            _state(source),
        )
        for source in sources
    ]
    columns = ("slug", "name", "country", "language", "sections", "state")
    print_table(columns, rows, wrapped={"name", "sections"})


def _state(source: SourceDefinition) -> str:
    if not source.enabled:
        return "disabled"
    return "" if source.verified else "unverified"


def enable_sources(options: Options, slugs: list[str]) -> int:
    """Copy publishers of the catalogue into the workspace: all of them, or none and UsageError."""
    for path in copy_from_catalogue(options.sources_folder, slugs):
        sys.stderr.write(f"wrote {path}\n")
    sys.stderr.write(f"{TAKEN_UP}\n")
    return 0
