"""Finds the watch that a command line names."""

from __future__ import annotations

from crawler.config import Options
from crawler.spelling import did_you_mean
from pipelines.operator_error import UsageError
from pipelines.watch_files import WatchDefinition, load_lists, load_watch_file, watch_paths


def named_watch(options: Options, slug: str) -> WatchDefinition:
    """Return a watch of the workspace. Raises UsageError, with the likeliest, when none is so."""
    folder = options.watches_folder
    known = {path.stem: path for path in watch_paths(folder)}
    if slug not in known:
        raise UsageError(f"no watch is called {slug!r}{did_you_mean(slug, known)} (in {folder})")
    return load_watch_file(known[slug], load_lists(folder))
