"""All watches of a workspace, read once and asked together."""

from __future__ import annotations

import logging
from collections.abc import Mapping
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
_read: dict[Path, tuple[_Signature, WatchSet]] = {}
_reading = Lock()


def watches_of(folder: Path) -> WatchSet:
    """Return the watches of a folder; files that cannot be used are logged and left out."""
    with _reading:
        signature = _signature(folder)
        known = _read.get(folder)
        if known is not None and known[0] == signature:
            return known[1]
        definitions, errors = load_watches(folder)
        for error in errors:
            logger.error("watch left out: %s", error)
        found = WatchSet(definitions)
        _read[folder] = (signature, found)
        return found


def _signature(folder: Path) -> _Signature:
    signature = []
    for path in [*watch_paths(folder), folder / LISTS_FILE]:
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since it was listed, or there are no lists
        signature.append((path.name, stat.st_mtime_ns, stat.st_size))
    return tuple(signature)
