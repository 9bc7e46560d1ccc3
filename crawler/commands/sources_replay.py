"""firstseen sources test: read the recorded pages again and compare each field."""

from __future__ import annotations

import sys
from typing import Any

from crawler.catalogue import load_sources
from crawler.config import Options
from crawler.recordings import Recording, differences, load_recordings, read_fields
from pipelines.operator_error import UsageError

_SHOWN = 100  # signs of a value


def replay_recordings(options: Options, slugs: list[str]) -> int:
    """Print each field that is read differently now; 0 when there is none, else 1."""
    sources = load_sources(options.sources_folder)
    root = options.workspace / "recorded"
    recordings = list(load_recordings(root, set(slugs)))
    if not recordings:
        raise UsageError(f"nothing recorded in {root}; `firstseen sources record URL` begins")
    changed = 0
    for recording in recordings:
        now, _ = read_fields(
            recording.body,
            recording.url,
            sources.get(recording.source),
            content_type=recording.content_type,
            read_at=recording.read_at,
        )
        found = differences(recording, now)
        changed += bool(found)
        _print(recording, found)
    sys.stderr.write(f"{len(recordings)} recorded pages, {changed} read differently\n")
    return 1 if changed else 0


def _print(recording: Recording, found: dict[str, tuple[Any, Any]]) -> None:
    state = "ok" if not found else "differs"
    sys.stdout.write(f"{state:8} {recording.source}/{recording.folder.name}\n")
    for name, (expected, now) in found.items():
        sys.stdout.write(f"  {name}\n    expected {_short(expected)}\n    now      {_short(now)}\n")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
