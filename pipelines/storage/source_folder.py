"""Brings the database in line with a whole folder of source files: new, renamed, gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pipelines.storage.history_models import SourceChange
from pipelines.storage.models import Source
from pipelines.storage.source_history import ToldChange, change_of, told_changes
from pipelines.storage.source_use import listing_key, set_use, use_of_source
from pipelines.storage.sources import SourceFacts, find_source, save_sources


def save_folder(
    session: Session,
    sources: Iterable[SourceFacts],
    *,
    unreadable: Collection[str] = (),
    now: datetime | None = None,
) -> list[ToldChange]:
    """Save all sources of a folder, disabled ones included; return in words what changed.

    A source whose file is gone leaves plan, budget, hubs and figures; its history stays. A file
    under a new name goes on with the rows of the old one. ``unreadable`` names sources whose files
    are there and cannot be read: they stay as they are. A folder without any file is none of ours
    to believe: then nothing is changed.
    """
    at = now or datetime.now(UTC)
    found = list(sources)
    if not found:
        return []
    present = {facts.slug for facts in found} | set(unreadable)
    renamed, doubts = _follow_names(session, found, present, at)
    known = set(session.scalars(select(Source.slug)))
    saved = [facts for facts in found if facts.enabled or facts.slug in known]
    changes = [*renamed, *save_sources(session, saved, now=at), *_retire(session, present, at)]
    for slug, former in doubts:
        if row := find_source(session, slug):  # a disabled file has no row yet
            changes.append(change_of(row, "alike", former, slug, at))
    session.add_all(changes)
    session.flush()
    return told_changes(session, ids=[change.id for change in changes])


def _retire(session: Session, present: Collection[str], at: datetime) -> list[SourceChange]:
    query = select(Source).where(Source.slug.not_in(list(present)))
    changes = []
    for row in session.scalars(query.options(selectinload(Source.sections))):
        before = use_of_source(row, row.sections)
        row.disabled = False
        for section in row.sections:
            set_use(session, section, in_use=False)
        if row.sections and before != "retired":
            changes.append(change_of(row, "use", before, "retired", at))
    return changes


def _follow_names(
    session: Session, found: Sequence[SourceFacts], present: Collection[str], at: datetime
) -> tuple[list[SourceChange], list[tuple[str, str]]]:
    """Give rows whose file is gone the name of the file that is theirs now.

    Return these changes, and in which pairs of new and old name the files may be one. They are one
    for certain when they share a section and the home page, or all sections that the smaller one
    has, and share them with no other.
    """
    known = {row.slug: row for row in session.scalars(select(Source))}
    gone = [row for slug, row in known.items() if slug not in present]
    new = [facts for facts in found if facts.slug not in known]
    others = {key for facts in found if facts.slug in known for key in _addresses(facts)}
    pairs = [(row, facts) for row in gone for facts in new if _is_alike(row, facts)]
    renamed, doubts = [], []
    for row, facts in pairs:
        rivals = [pair for pair in pairs if (pair[0] is row) != (pair[1] is facts)]
        if rivals or not _is_same(row, facts) or others & _addresses(facts):
            doubts.append((facts.slug, row.slug))
            continue
        renamed.append(change_of(row, "slug", row.slug, facts.slug, at))
        row.slug = facts.slug
    session.flush()
    return renamed, doubts


def _addresses(of: SourceFacts | Source) -> set[str]:
    return {listing_key(section.url) for section in of.sections}


def _has_same_home(row: Source, facts: SourceFacts) -> bool:
    return listing_key(row.home_url) == listing_key(facts.home_url)


def _is_alike(row: Source, facts: SourceFacts) -> bool:
    return _has_same_home(row, facts) or bool(_addresses(row) & _addresses(facts))


def _is_same(row: Source, facts: SourceFacts) -> bool:
    mine, theirs = _addresses(row), _addresses(facts)
    shared = mine & theirs
    return bool(shared) and (_has_same_home(row, facts) or shared in (mine, theirs))
