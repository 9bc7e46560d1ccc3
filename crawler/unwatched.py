"""Names what the source files ask for and nobody watches: files compared with the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFolder, read_folder
from pipelines.storage.models import Section, Source

_NEVER_TAKEN_UP = "enabled in sources/, never looked at: is `firstseen run` or the timer at work?"
_NOT_TAKEN_UP = "its file asks for it now, and no run has taken that up: is one at work?"


@dataclass(frozen=True, slots=True)
class Unwatched:
    """Something a source file asks for; ``section`` is "" where all of a file is meant."""

    source: str
    section: str
    reason: str

    @property
    def name(self) -> str:
        """What is not watched, as it is named everywhere: source, or source/section."""
        return f"{self.source}/{self.section}" if self.section else self.source

    @property
    def told(self) -> str:
        """Which section of the source is not watched, and why."""
        return f"{self.section}: {self.reason}" if self.section else self.reason


def find_unwatched(session: Session, folder: Path, slugs: Collection[str] = ()) -> list[Unwatched]:
    """Return what the files below ``folder`` ask for and no run has taken up; of some sources."""
    found = read_folder(folder)
    wanted = set(slugs)
    missing = [*_broken(found), *_not_taken_up(session, found)]
    return [one for one in missing if not wanted or one.source in wanted]


def _broken(found: SourceFolder) -> list[Unwatched]:
    return [
        Unwatched(path.stem, "", f"its file cannot be used, what was goes on: {fault}")
        for path, fault in found.faults.items()
    ]


def _not_taken_up(session: Session, found: SourceFolder) -> list[Unwatched]:
    query = select(Source.slug, Section.key, Section.url, Section.enabled).join(Section)
    rows = {(slug, key): (url, enabled) for slug, key, url, enabled in session.execute(query)}
    missing = []
    for source in found.enabled:
        for section in source.sections:
            row = rows.get((source.slug, section.key))
            if row is None:
                missing.append(Unwatched(source.slug, section.key, _NEVER_TAKEN_UP))
            elif row != (section.url, True):
                missing.append(Unwatched(source.slug, section.key, _NOT_TAKEN_UP))
    return missing


def worst_status(status: int, unwatched: Sequence[Unwatched], *, watched: int) -> int:
    """Return the exit status of ``health``: what is not watched is not well either."""
    if not unwatched:
        return status
    return (status or 3) if watched else 1
