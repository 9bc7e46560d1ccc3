"""What every page and every API answer needs: the database, the clock, the watches' folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from pipelines.web.source_figures import ConductFigures


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SectionState:
    """The judgement on one section: ok, late, quiet, degraded, blocked, failing or retired.

    ``section`` is "" where a source suffers as a whole (losing, unwatched), ``source`` too where
    nobody but we do: alerts, the database, a clock.
    """

    source: str
    section: str
    state: str
    reasons: tuple[str, ...] = ()
    seen: int | None = None  # new articles of the last week, and how many its habits promise
    expected: float | None = None
    outcome: str = ""  # of the last look
    last_look: str = ""  # the same in words


#: Judges the sections of the sources with these slugs; none named: of all. A slug of "" asks for
#: what is wrong with us.
Health = Callable[[Session, datetime, Sequence[str]], Sequence[SectionState]]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk an analyst sits at.

    ``sessions`` opens read-only sessions. ``writing`` opens writing ones; None: editing is
    switched off. ``watches_folder`` is where watch files are read, and saved when editing.
    ``health`` judges sections; None: nobody does. ``conduct`` says what the publisher of a source
    got from us, ``picture`` fetches one through the fetch gate and returns its type and bytes
    (None: not to be had); each None where the crawling half does not lend it.
    """

    sessions: Callable[[], Session]
    clock: Callable[[], datetime] = _now
    watches_folder: Path | None = None
    writing: Callable[[], Session] | None = None
    health: Health | None = None
    conduct: Callable[[Session, str, datetime], ConductFigures] | None = None
    picture: Callable[[str], tuple[str, bytes] | None] | None = None
