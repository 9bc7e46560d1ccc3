"""The source files a daemon works by: read again when one of them changes, as watches are."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from crawler.batch import prepare_database
from crawler.catalogue import SourceDefinition, SourceFolder, read_folder
from crawler.config import CONFIG_FILE, Options, load_options
from crawler.workspace_archive import prepare_archive
from pipelines.operator_error import OperatorError

logger = logging.getLogger(__name__)

_Signature = tuple[tuple[str, int, int, int], ...]


class SourceFiles:
    """What the files of a workspace say, as far as the database knows it too.

    A file that cannot be used leaves what was, and is named once for each change; so does a folder
    that lost all its files.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._folder = SourceFolder({})
        self._seen: _Signature | None = None
        self._at_start = _options_in(options.workspace)
        self._options_seen = _signature([options.workspace / CONFIG_FILE])

    @property
    def definitions(self) -> list[SourceDefinition]:
        """The sources that are to be looked at."""
        return self._folder.enabled

    def forget(self) -> None:
        """Take up all files again at the next look, whether they changed or not."""
        self._seen = None

    def follow(self) -> None:
        """Take up what changed since the last look; raises OperatorError, and then tries again."""
        self._follow_options()
        folder = self._options.sources_folder
        signature = _signature(folder.rglob("*.toml"))
        if signature == self._seen:
            return
        found = read_folder(folder)
        for fault in found.faults.values():
            logger.error("source file not usable, what was goes on: %s", fault)
        if self._folder.sources and not found.sources and not found.faults:
            logger.error("no source file left in %s, what was goes on", folder)
        else:
            self._take_up(found)
        self._seen = signature

    def _take_up(self, found: SourceFolder) -> None:
        unreadable = {path.stem for path in found.faults}
        before = {slug: s for slug, s in self._folder.sources.items() if slug in unreadable}
        folder = SourceFolder({**before, **found.sources}, found.faults)
        prepare_archive(self._options.database_url, self._options.workspace)
        prepare_database(self._options.database_url, folder.enabled, folder=folder)
        self._folder = folder
        logger.info("watching sources=%d", len(folder.enabled))

    def _follow_options(self) -> None:
        """Say once of each change of the options that it needs a restart."""
        path = self._options.workspace / CONFIG_FILE
        signature = _signature([path])
        if signature == self._options_seen:
            return
        self._options_seen = signature
        try:
            is_same = _options_in(self._options.workspace) == self._at_start
        except OperatorError as error:
            logger.error("options of the start go on: %s", error)
            return
        if not is_same:
            logger.warning("%s changed: restart `firstseen run` to work by it", path)


def _options_in(workspace: Path) -> Options:
    return replace(load_options(workspace, {}), channels={})  # these are read as they are needed


def _signature(paths: Iterable[Path]) -> _Signature:
    """Return what changes when one of the files is changed, replaced, added or taken away."""
    signature = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since it was listed
        signature.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(sorted(signature))
