"""Queries on sources and sections."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Section, Source


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """What the database keeps of a section's definition."""

    key: str
    kind: str
    url: str
    lane: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the database keeps of a source's definition."""

    slug: str
    name: str
    home_url: str
    country: str
    language: str
    family: str
    wikidata: str | None
    sections: tuple[SectionFacts, ...]


def save_sources(session: Session, sources: Iterable[SourceFacts]) -> None:
    """Bring the rows of sources and sections in line with their definitions.

    A section that left its file keeps its row, and with it its history.
    """
    for facts in sources:
        row = session.scalar(select(Source).where(Source.slug == facts.slug))
        if row is None:
            row = Source(slug=facts.slug)
            session.add(row)
        for name in ("name", "home_url", "country", "language", "family", "wikidata"):
            setattr(row, name, getattr(facts, name))
        session.flush()
        _save_sections(session, row, facts.sections)


def _save_sections(session: Session, source: Source, sections: Collection[SectionFacts]) -> None:
    rows = {row.key: row for row in source.sections}
    for facts in sections:
        row = rows.get(facts.key)
        if row is None:
            row = Section(source_id=source.id, key=facts.key)
            session.add(row)
        elif row.url != facts.url:
            # Another address: its first look is a baseline again, and nothing it lacks was absent.
            row.last_looked_at = row.last_whole_at = row.baseline_at = None
        row.kind, row.url, row.name = facts.kind, facts.url, facts.name
        row.lane, row.enabled = facts.lane, True
    for key, row in rows.items():
        row.enabled = key in {facts.key for facts in sections}


def find_source_id(session: Session, slug: str) -> int:
    """Return the id of a source. Raises LookupError when it was never saved."""
    row = session.scalar(select(Source.id).where(Source.slug == slug))
    if row is None:
        raise LookupError(f"source {slug!r} is not in the database")
    return row


def find_source(session: Session, slug: str) -> Source | None:
    """Return a source by slug, None when it was never saved."""
    return session.scalar(select(Source).where(Source.slug == slug))


def source_slugs(session: Session) -> list[str]:
    """Return the slugs of all sources that were ever saved."""
    return list(session.scalars(select(Source.slug).order_by(Source.slug)))


def find_section(session: Session, source: str, key: str) -> Section:
    """Return a section by source slug and key. Raises LookupError when it was never saved."""
    query = select(Section).join(Source).where(Source.slug == source, Section.key == key)
    row = session.scalar(query)
    if row is None:
        raise LookupError(f"section {source}/{key} is not in the database")
    return row


def find_section_id(session: Session, source_id: int, key: str) -> int | None:
    """Return the id of a source's section, or None when it has none of that key."""
    query = select(Section.id).where(Section.source_id == source_id, Section.key == key)
    return session.scalar(query)


def latest_addresses(session: Session, slug: str, *, most: int) -> list[str]:
    """Return the addresses of a source's latest articles."""
    query = (
        select(Article.url)
        .join(Source)
        .where(Source.slug == slug)
        .order_by(Article.first_seen_at.desc())
        .limit(most)
    )
    return list(session.scalars(query))
