"""Writes watch files, and changes one key in them without touching the rest."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pipelines.watch_files import WatchFileError, load_lists, parse_definition

_PAUSED = re.compile(r"^paused\s*=.*$", re.MULTILINE)
_FIRST_TABLE = re.compile(r"^\s*\[", re.MULTILINE)


def write_watch(
    folder: Path,
    slug: str,
    *,
    name: str,
    query: str,
    channels: Sequence[str] = (),
    deliver: str = "immediate",
) -> Path:
    """Write a new watch file and return its path.

    Raises WatchFileError when there is one of that name, or what is given makes no watch.
    """
    path = folder / f"{slug}.toml"
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug) or slug == "lists":
        raise WatchFileError(f"{path}: a watch file is named like harbour-levy.toml (a-z, 0-9, -)")
    if path.exists():
        raise WatchFileError(f"{path}: is there already")
    # TOML's basic strings are written like JSON's (TOML 1.0, String).
    text = (
        f"name = {json.dumps(name, ensure_ascii=False)}\n"
        f"query = {_toml_query(query)}\n"
        f"channels = {json.dumps(list(channels))}\n"
        f"deliver = {json.dumps(deliver)}\n\n"
        "# Headlines that must and must not match; `firstseen watches check` runs them.\n"
        "must_match = []\nmust_not_match = []\n\n"
        "# A story is told once, and again only on what is named here.\n"
        "# [again]\n# publishers = [3]\n# correction = true\n"
    )
    parse_definition(tomllib.loads(text), slug=slug, where=str(path), lists=load_lists(folder))
    try:
        folder.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WatchFileError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def _toml_query(query: str) -> str:
    if "'''" in query or "\r" in query or query.endswith("'"):
        return json.dumps(query, ensure_ascii=False)
    return f"'''{query}'''"


def set_paused(path: Path, *, paused: bool) -> None:
    """Write ``paused`` into a watch file; everything else, comments too, stays as it is."""
    line = f"paused = {'true' if paused else 'false'}"
    try:
        text = path.read_text(encoding="utf-8")
        table = _FIRST_TABLE.search(text)
        head, tail = (text[: table.start()], text[table.start() :]) if table else (text, "")
        if _PAUSED.search(head):
            changed = _PAUSED.sub(line, head, count=1) + tail
        else:
            changed = f"{line}\n{text}"
        if tomllib.loads(changed) != {**tomllib.loads(text), "paused": paused}:
            raise WatchFileError(f"{path}: write `{line}` yourself: its place was not found")
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(changed, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise WatchFileError(f"{path}: cannot be written: {error.strerror}") from error
