"""Tells Datasette what the views are: titles, meanings of columns, facets, ready-made queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.export.sql_reference import column_meanings
from pipelines.storage.cookbook import COOKBOOK, PARAMETERS
from pipelines.storage.models import Model
from pipelines.storage.sql_text import read_statement
from pipelines.storage.view_columns import VIEWS

MARK = (
    "# Written by `firstseen datasette`, which writes it anew; for your own, name another file.\n"
)
#: Columns by which a view falls into a few parts. Counting them is worth it only where it is quick.
_FACETS = {
    "v_articles": ["country", "in_language"],
    "v_headline_changes": ["source", "week"],
    "v_revisions": ["kind"],
    "v_sources_health": ["state", "country"],
    "v_alerts": ["watch", "kind"],
}
_NEWEST_FIRST = {
    "v_articles": "first_seen_at",
    "v_stories": "first_seen_at",
    "v_story_timeline": "first_seen_at",
    "v_headline_changes": "observed_at",
    "v_revisions": "observed_at",
    "v_alerts": "raised_at",
}


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands under every page. Empty: nothing is claimed; the texts are their publishers'."""

    title: str = "firstseen"
    license: str = ""
    license_url: str = ""
    source: str = ""
    source_url: str = ""


def datasette_metadata(database: str, imprint: Imprint) -> dict[str, Any]:
    """Return Datasette's metadata for a file it calls ``database`` (its name without ending)."""
    about = {name: getattr(imprint, name) for name in Imprint.__dataclass_fields__}
    return {
        **{name: value for name, value in about.items() if value},
        "description": "What was published, when it was first seen, and what was missed. "
        "Times are UTC. The texts are their publishers'.",
        "databases": {
            database: {
                "tables": {name: _table(name) for name in (*VIEWS, *sorted(Model.metadata.tables))},
                "queries": {name: _query(name) for name in COOKBOOK},
            }
        },
    }


def _table(name: str) -> dict[str, Any]:
    if name not in VIEWS:
        # Found by who looks for them; the views are the surface.
        return {"hidden": True}
    told: dict[str, Any] = {"description": VIEWS[name][0], "columns": column_meanings(name)}
    if name in _FACETS:
        told["facets"] = _FACETS[name]
    if name in _NEWEST_FIRST:
        told["sort_desc"] = _NEWEST_FIRST[name]
    return told


def _query(name: str) -> dict[str, Any]:
    question, note, sql = COOKBOOK[name]
    asked = read_statement(sql).parameters
    told = [f"{name}: {PARAMETERS[name][0]}" for name in asked]
    description = " ".join([note, *([f"({'; '.join(told)})"] if told else [])])
    for parameter in asked:
        # Datasette gives "" for what is not filled in.
        usual = f"coalesce(nullif(:{parameter}, ''), {PARAMETERS[parameter][2]})"
        sql = sql.replace(f":{parameter}", usual)
    return {"title": question, "description": description, "sql": sql, "params": list(asked)}


def as_yaml(metadata: Mapping[str, Any]) -> str:
    """Return metadata as YAML that people can read and change."""
    return MARK + "\n".join(_lines(metadata, "")) + "\n"


def _lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            yield f"{indent}{key}:"
            yield from _lines(entry, indent + "  ")
        elif isinstance(entry, str) and "\n" in entry:
            # YAML 1.2.2 8.1.2: a literal block is taken as it stands.
            yield f"{indent}{key}: |-"
            yield from (f"{indent}  {line}" for line in entry.split("\n"))
        else:
            # What JSON writes on one line is YAML too (YAML 1.2.2, 1.2).
            yield f"{indent}{key}: {json.dumps(entry)}"
