"""Reads watches/*.toml into WatchDefinitions; errors name file, key and what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from pipelines.delivery_times import QuietHours
from pipelines.operator_error import OperatorError
from pipelines.toml_values import SLUG, Check, checked, read_toml, text, texts, truth
from pipelines.watches.parsing import parse_watch
from pipelines.watches.tree import Watch

LISTS_FILE = "lists.toml"  # named lists: ministers = ["...", "..."] is @ministers in a query
_TIME = r"([01]?\d|2[0-3]):([0-5]\d)"
_DELIVER = re.compile(rf"digest\s+at\s+({_TIME}(?:\s*,\s*{_TIME})*)")

Example = Mapping[str, Any]


class WatchFileError(OperatorError):
    """A watch file cannot be used; the message names the file, the key and what is accepted."""


@dataclass(frozen=True, slots=True)
class GrowthRules:
    """What makes a story that was told worth telling again.

    ``publishers``: it is carried by so many independent publishers. ``sources``: one of these
    joins. ``articles``: each further article that the query holds for, copies apart.
    ``removed``: an article drops one of these phrases.
    """

    publishers: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    articles: bool = False
    correction: bool = False
    headline: bool = False
    removed: tuple[str, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class WatchDefinition:
    """A watch as its TOML file describes it. ``slug`` is the file's name without ".toml".

    ``digest_at`` empty: each alert is sent at once. ``sources`` and ``sections`` empty: all.
    ``tell_past``: how far back it is told of what was there before it, once; None: of nothing.
    """

    slug: str
    name: str
    query: str
    tree: Watch = field(repr=False)
    channels: tuple[str, ...] = ()
    digest_at: tuple[time, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    quiet: QuietHours | None = None
    again: GrowthRules = field(default_factory=GrowthRules)
    must_match: tuple[Example, ...] = ()
    must_not_match: tuple[Example, ...] = ()
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    paused: bool = False
    tell_past: timedelta | None = None
    removed_trees: tuple[Watch, ...] = field(default=(), repr=False)
    path: Path | None = field(default=None, compare=False)


def load_watches(
    folder: Path, unchanged: Mapping[str, WatchDefinition] | None = None
) -> tuple[dict[str, WatchDefinition], list[WatchFileError]]:
    """Return the usable watches of a folder by slug, and what is wrong with the others.

    One broken file must not silence the others. A folder that is missing has no watches.
    ``unchanged`` holds watches, by slug, whose files need not be read again.
    """
    watches: dict[str, WatchDefinition] = {}
    errors: list[WatchFileError] = []
    try:
        lists = load_lists(folder)
    except WatchFileError as error:
        lists, errors = {}, [error]
    for path in watch_paths(folder):
        if unchanged and path.stem in unchanged:
            watches[path.stem] = unchanged[path.stem]
            continue
        try:
            watches[path.stem] = load_watch_file(path, lists)
        except WatchFileError as error:
            errors.append(error)
    return watches, errors


def watch_paths(folder: Path) -> list[Path]:
    """Return the watch files of a folder, in alphabetical order."""
    return [path for path in sorted(folder.glob("*.toml")) if path.name != LISTS_FILE]


def load_lists(folder: Path) -> dict[str, list[str]]:
    """Return the named lists of a folder of watches. Raises WatchFileError."""
    path = folder / LISTS_FILE
    if not path.is_file():
        return {}
    lists = read_toml(path, WatchFileError)
    for name, entries in lists.items():
        if not isinstance(entries, list) or not all(isinstance(e, str) and e for e in entries):
            raise WatchFileError(f"{path}: {name} must be a list of words or phrases")
    return lists


def load_watch_file(path: Path, lists: Mapping[str, list[str]] | None = None) -> WatchDefinition:
    """Return the watch described by one TOML file.

    Raises WatchFileError when the file cannot be read, is not TOML, has an unknown or missing key,
    a value of the wrong kind, or a query that cannot be parsed.
    """
    if not SLUG.fullmatch(path.stem):
        raise WatchFileError(f"{path}: a watch file is named like harbour-levy.toml (a-z, 0-9, -)")
    return parse_definition(
        read_toml(path, WatchFileError), slug=path.stem, where=str(path), lists=lists or {}
    )


def parse_definition(
    data: Mapping[str, Any], *, slug: str, where: str, lists: Mapping[str, list[str]]
) -> WatchDefinition:
    """Return the watch a TOML table describes; ``where`` begins every error."""
    given = dict(data)
    again, quiet = given.pop("again", {}), given.pop("quiet", None)
    values = checked(
        given, _WATCH_KEYS, where=where, fault=WatchFileError, needed=("name", "query")
    )
    digest_at = values.pop("deliver", ())
    values["tree"] = _tree(values["query"], lists, f"{where}: query")
    values["again"] = GrowthRules(
        **checked(again, _AGAIN_KEYS, where=f"{where}: [again]", fault=WatchFileError)
    )
    if quiet is not None:
        table = checked(
            quiet,
            _QUIET_KEYS,
            where=f"{where}: [quiet]",
            fault=WatchFileError,
            needed=("from", "to"),
        )
        values["quiet"] = QuietHours(table["from"], table["to"], table.get("except_sources", ()))
    removed = tuple(
        _tree(f'"{phrase}"', lists, f"{where}: again.removed") for phrase in values["again"].removed
    )
    return WatchDefinition(
        slug=slug, digest_at=digest_at, removed_trees=removed, path=Path(where), **values
    )


def _tree(query: str, lists: Mapping[str, list[str]], where: str) -> Watch:
    try:
        return parse_watch(query, lists=lists)
    except ValueError as error:
        raise WatchFileError(f"{where}: {error}") from error


def _slugs(value: object) -> tuple[str, ...]:
    slugs = texts(value)
    if not all(SLUG.fullmatch(slug) for slug in slugs):
        raise ValueError("a list of short names like harbour-courier (a-z, 0-9, -)")
    return slugs


def _phrases(value: object) -> tuple[str, ...]:
    phrases = texts(value)
    if any('"' in phrase for phrase in phrases):
        raise ValueError("a list of phrases without quotation marks")
    return phrases


def _numbers(value: object) -> tuple[int, ...]:
    def fits(n: object) -> bool:
        return isinstance(n, int) and not isinstance(n, bool) and n >= 2

    if not isinstance(value, list) or not all(fits(n) for n in value):
        raise ValueError("a list of numbers of publishers, each 2 or more")
    return tuple(sorted(set(value)))


def _time_of_day(value: object) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    found = re.fullmatch(_TIME, value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('a time of day like "07:00"')
    return time(int(found[1]), int(found[2]))


def _deliver(value: object) -> tuple[time, ...]:
    told = " ".join(value.lower().split()) if isinstance(value, str) else ""
    if told == "immediate":
        return ()
    found = _DELIVER.fullmatch(told)
    if found is None:
        raise ValueError('"immediate", "digest at 08:00" or "digest at 08:00, 17:30"')
    return tuple(sorted({_time_of_day(part) for part in found[1].split(",")}))


def _past(value: object) -> timedelta:
    found = (
        re.fullmatch(r"([1-9]\d{0,3})\s*([hdw])", value.strip()) if isinstance(value, str) else None
    )
    if found is None:
        raise ValueError('a time like "36h", "7d" or "2w"')
    return int(found[1]) * timedelta(hours={"h": 1, "d": 24, "w": 168}[found[2]])


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(text(value))
    except (ValueError, OSError, LookupError):
        raise ValueError("a time zone like Europe/Oslo") from None


def _examples(value: object) -> tuple[Example, ...]:
    """A text is a headline; a table has an article's field names."""
    if not isinstance(value, list) or not all(isinstance(v, str | dict) and v for v in value):
        raise ValueError("a list of headlines, or of tables like { headline = ..., body = ... }")
    return tuple(
        {"headline": v}
        if isinstance(v, str)
        else {("article_body" if key == "body" else key): told for key, told in v.items()}
        for v in cast("list[str | dict[str, Any]]", value)
    )


_WATCH_KEYS: Mapping[str, Check] = {
    "name": text,
    "query": text,
    "channels": texts,
    "deliver": _deliver,
    "zone": _zone,
    "must_match": _examples,
    "must_not_match": _examples,
    "sources": _slugs,
    "sections": texts,
    "paused": truth,
    "tell_past": _past,
}
_AGAIN_KEYS: Mapping[str, Check] = {
    "publishers": _numbers,
    "sources": _slugs,
    "articles": truth,
    "correction": truth,
    "headline": truth,
    "removed": _phrases,
    "gone": truth,
}
_QUIET_KEYS: Mapping[str, Check] = {
    "from": _time_of_day,
    "to": _time_of_day,
    "except_sources": _slugs,
}
