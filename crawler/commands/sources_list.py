"""firstseen sources list and enable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from crawler.catalogue import SourceDefinition, load_sources
from crawler.config import Options
from crawler.workspace import enable_source


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
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("slug", "name", "country", "language", "sections", ""):
        table.add_column(name, no_wrap=True)
    for source in sources:
        sections = ", ".join(f"{s.key} ({s.kind})" for s in source.sections)
        state = "" if source.verified else "unverified"
        state = state if source.enabled else "disabled"
        row = (source.slug, source.name, source.country, source.language, sections, state)
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def enable_sources(options: Options, slugs: list[str]) -> int:
    """Copy publishers of the catalogue into the workspace. Raises UsageError."""
    for slug in slugs:
        path = enable_source(options.sources_folder, slug)
        sys.stderr.write(f"wrote {path}\n")
    return 0
