"""All watches of a workspace, read once and asked together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from pipelines.watch_files import LISTS_FILE, WatchDefinition, load_watches, watch_paths
from pipelines.watches.index import WatchIndex
from pipelines.watches.predicate import compile_test
from pipelines.watches.questions import counts_publishers
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import Watch

logger = logging.getLogger(__name__)


class WatchSet:
    """The watches of one moment. Immutable, so that several writers may share it."""

    def __init__(self, definitions: Mapping[str, WatchDefinition]) -> None:
        self.definitions = {s: d for s, d in definitions.items() if not d.paused}
        self._all = WatchIndex({s: d.tree for s, d in self.definitions.items()})
        counting = {s: d.tree for s, d in self.definitions.items() if counts_publishers(d.tree)}
        self._counting = WatchIndex(counting) if counting else None
        self.has_counting = bool(counting)

    def matching(
        self, article: Mapping[str, Any], context: Mapping[str, Any], section: str | None
    ) -> set[str]:
        """Return the slugs of the watches that hold for an article."""
        return self._fitting(self._all, article, context, section)

    def counting(
        self, article: Mapping[str, Any], context: Mapping[str, Any], section: str | None
    ) -> set[str]:
        """The same, of the watches that count a story's publishers."""
        if self._counting is None:
            return set()
        return self._fitting(self._counting, article, context, section)

    def _fitting(
        self,
        index: WatchIndex,
        article: Mapping[str, Any],
        context: Mapping[str, Any],
        section: str | None,
    ) -> set[str]:
        readable = ReadableArticle(article, context)
        return {
            slug
            for slug in index.matching(readable)
            if fits(self.definitions[slug], str(article["source"]), section)
        }


def fits(definition: WatchDefinition, source: str, section: str | None) -> bool:
    """Whether a watch wants articles of this source and section at all."""
    if definition.sources and source not in definition.sources:
        return False
    return not definition.sections or section in definition.sections


def holds(tree: Watch, article: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    """Whether one watch holds for an article."""
    return compile_test(tree)(ReadableArticle(article, context))


# ---- read again only when a file changed: a daemon begins a crawl every few seconds

_Signature = tuple[tuple[str, int, int], ...]
_Reading = tuple[_Signature, dict[str, WatchDefinition], WatchSet]
_read: dict[Path, _Reading] = {}
_reading = Lock()
_LOOK_EVERY_SECONDS = 10.0  # ten thousand files take 0.3 s to look at: too long for every article


def watches_lately(
    folder: Path, *, clock: Callable[[], float] = time.monotonic
) -> Callable[[], WatchSet]:
    """Return a function that gives the folder's watches and looks for changes now and then."""
    known: list[tuple[float, WatchSet]] = []

    def watches() -> WatchSet:
        if not known or clock() - known[0][0] >= _LOOK_EVERY_SECONDS:
            known[:] = [(clock(), watches_of(folder))]
        return known[0][1]

    return watches


def watches_of(folder: Path) -> WatchSet:
    """Return the watches of a folder; files that cannot be used are logged and left out."""
    with _reading:
        signature = _signature(folder)
        known = _read.get(folder)
        if known is not None and known[0] == signature:
            return known[2]
        definitions, errors = load_watches(folder, _unchanged(known, signature))
        for error in errors:
            logger.error("watch left out: %s", error)
        found = WatchSet(definitions)
        _read[folder] = (signature, definitions, found)
        return found


def _unchanged(known: _Reading | None, signature: _Signature) -> dict[str, WatchDefinition]:
    """Return what was read before of files that are the same; of none when the lists changed."""
    if known is None:
        return {}
    same = set(known[0]) & set(signature)
    lists = [{entry for entry in of if entry[0] == LISTS_FILE} for of in (known[0], signature)]
    if lists[0] != lists[1]:
        return {}
    slugs = {name.removesuffix(".toml") for name, _, _ in same}
    return {slug: known[1][slug] for slug in slugs if slug in known[1]}


def _signature(folder: Path) -> _Signature:
    signature = []
    for path in [*watch_paths(folder), folder / LISTS_FILE]:
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since it was listed, or there are no lists
        signature.append((path.name, stat.st_mtime_ns, stat.st_size))
    return tuple(signature)
