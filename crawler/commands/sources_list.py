"""firstseen sources list and enable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from crawler.catalogue import SourceDefinition, load_sources
from crawler.config import Options
from crawler.workspace import copy_from_catalogue


def list_workspace(options: Options, *, country: str | None, as_json: bool) -> int:
    """Print the sources of a workspace."""
    sources = load_sources(options.sources_folder).values()
    return _print(_of_country(sources, country), as_json=as_json)


def list_catalogue(*, country: str | None, as_json: bool) -> int:
    """Print the bundled catalogue; needs no workspace."""
    return _print(_of_country(load_sources().values(), country), as_json=as_json)


def _of_country(sources: Iterable[SourceDefinition], country: str | None) -> list[SourceDefinition]:
    return [s for s in sources if country is None or s.country == country.upper()]


def _print(sources: list[SourceDefinition], *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps(list(map(_record, sources)), ensure_ascii=False, indent=2))
        sys.stdout.write("\n")
    else:
        _print_table(sources)
    if not sources:
        sys.stderr.write("no sources; `firstseen sources list --all` shows the catalogue\n")
    return 0


def _record(source: SourceDefinition) -> dict[str, Any]:
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
    return 0
