"""What became of sources: noted where it happens, told in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.history_models import SourceChange
from pipelines.storage.models import Section, Source

_SENTENCES = {
    "slug": "was called {before}: its history goes on under the new name; "
    "watches that name the old one must name it anew",
    "key": "the section was called {before}: its history goes on under the new name",
    "address": "looked at under another address, {after} instead of {before}",
    "type": "read as {after} instead of {before}: its next look is a baseline",
    "filters": "its file chooses otherwise what it lists: looked at in full now",
    "site": "the site changed, in these words on several articles: {after}: nobody edited them",
    "noise": "what changes in its addresses at each look and is no part of them: "
    "{after} (so far: {before})",
    "relaunch": "nearly a whole section came under new addresses, {after} instead of {before}: "
    "its articles are the ones they were",
    "alike": "may be {before} under another name, and was kept apart: "
    "where it is, give the file its old name again, then rename it alone",
}
_USES = {
    "enabled": "in use again",
    "disabled": "disabled in its file: not looked at any more",
    "retired": "its file is gone: not looked at any more",
}


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change of a source in words; ``section`` is "" where it concerns all of it."""

    source: str
    section: str
    at: datetime
    kind: str
    told: str

    @property
    def name(self) -> str:
        """What changed, as it is named everywhere: source, or source/section."""
        return f"{self.source}/{self.section}" if self.section else self.source


def change_of(
    what: Source | Section, kind: str, before: str, after: str, at: datetime
) -> SourceChange:
    """Return the row of a change of a source or a section that has its id."""
    source_id, section_id = (
        (what.source_id, what.id) if isinstance(what, Section) else (what.id, None)
    )
    return SourceChange(
        source_id=source_id, section_id=section_id, at=at, kind=kind, before=before, after=after
    )


def told_changes(
    session: Session,
    *,
    ids: Collection[int] | None = None,
    slugs: Collection[str] = (),
    since: datetime | None = None,
) -> list[ToldChange]:
    """Return what became of sources (slugs; empty: all), the earliest first; or some changes."""
    query = (
        select(SourceChange, Source.slug, Section.key)
        .join(Source, Source.id == SourceChange.source_id)
        .outerjoin(Section, Section.id == SourceChange.section_id)
        .order_by(SourceChange.at, SourceChange.id)
    )
    if ids is not None:
        query = query.where(SourceChange.id.in_(list(ids)))
    if slugs:
        query = query.where(Source.slug.in_(list(slugs)))
    if since is not None:
        query = query.where(SourceChange.at >= since)
    return [
        ToldChange(slug, key or "", row.at, row.kind, told(row))
        for row, slug, key in session.execute(query)
    ]


def told(change: SourceChange) -> str:
    """Return a change in words."""
    if change.kind == "use":
        return _USES.get(change.after, change.after)
    if change.kind == "noise":
        before, after = change.before or "nothing", change.after or "nothing"
        return _SENTENCES["noise"].format(before=before, after=after)
    return _SENTENCES[change.kind].format(before=change.before, after=change.after)
