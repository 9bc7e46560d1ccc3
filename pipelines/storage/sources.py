"""Keeps sources and sections in line with their definitions, and finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.history_models import SourceChange
from pipelines.storage.models import Article, Section, Source
from pipelines.storage.source_history import change_of
from pipelines.storage.source_use import (
    begin_anew,
    bound_anew,
    listing_key,
    look_now,
    prove_anew,
    set_use,
    use_of_source,
)


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """What the database keeps of a section's definition.

    ``reading`` changes with what else decides which links a look lists. Its first word tells how
    the page is rendered, which decides what there is to be seen; the rest are our filters.
    """

    key: str
    kind: str
    url: str
    lane: str
    name: str = ""
    reading: str = ""


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
    enabled: bool = True


def save_sources(
    session: Session, sources: Iterable[SourceFacts], *, now: datetime | None = None
) -> list[SourceChange]:
    """Bring the rows of these sources in line with their definitions; return what changed.

    Of other sources nothing is known here, so they stay as they are (``save_folder``). A section
    that left its file keeps its row, and with it its history.
    """
    at = now or datetime.now(UTC)
    changes: list[SourceChange] = []
    for facts in sources:
        row = find_source(session, facts.slug)
        if row is None:
            row = Source(slug=facts.slug)
            session.add(row)
        for name in ("name", "home_url", "country", "language", "family", "wikidata"):
            setattr(row, name, getattr(facts, name))
        row.disabled = not facts.enabled
        session.flush()
        changes += _save_sections(session, row, facts, at)
    session.add_all(changes)
    return changes


def _save_sections(
    session: Session, source: Source, facts: SourceFacts, at: datetime
) -> Iterator[SourceChange]:
    query = select(Section).where(Section.source_id == source.id)
    rows = {row.key: row for row in session.scalars(query)}
    use = use_of_source(source, rows.values()) if rows else None
    yield from _follow_keys(rows, facts.sections, at)
    for section in facts.sections:
        row = rows.get(section.key)
        if row is None:
            row = Section(source_id=source.id, key=section.key, enabled=facts.enabled)
            row.kind, row.url, row.reading = section.kind, section.url, section.reading
            session.add(row)
        else:
            yield from _correct(session, row, section, at)
        row.name, row.lane = section.name, section.lane
    in_file = {section.key for section in facts.sections}
    for key, row in rows.items():
        set_use(session, row, in_use=facts.enabled and key in in_file)
    if use is not None and use != (now_use := "enabled" if facts.enabled else "disabled"):
        yield change_of(source, "use", use, now_use, at)


def _follow_keys(
    rows: dict[str, Section], sections: Sequence[SectionFacts], at: datetime
) -> Iterator[SourceChange]:
    """Let a section whose key alone changed keep its row."""
    keys = {section.key for section in sections}
    left: dict[str, list[Section]] = {}
    for key, row in rows.items():
        if key not in keys:
            left.setdefault(listing_key(row.url), []).append(row)
    for section in sections:
        alike = left.pop(listing_key(section.url), []) if section.key not in rows else []
        if len(alike) != 1:
            continue
        (row,) = alike
        yield change_of(row, "key", row.key, section.key, at)
        rows[section.key] = rows.pop(row.key)
        row.key = section.key


def _correct(
    session: Session, row: Section, facts: SectionFacts, at: datetime
) -> Iterator[SourceChange]:
    """Take up a corrected address, kind or filter: it is looked at now, and proves its own."""
    kind, url, reading = row.kind, row.url, row.reading
    row.kind, row.url, row.reading = facts.kind, facts.url, facts.reading
    is_other = kind != row.kind or listing_key(url) != listing_key(row.url)
    was_reading = reading or row.reading  # None: kept by an earlier release
    if is_other:
        begin_anew(session, row)
    elif _rendering(was_reading) != _rendering(row.reading):
        prove_anew(row)
    elif was_reading != row.reading:
        bound_anew(row)
    if is_other or url != row.url or was_reading != row.reading:
        look_now(session, row)
    if was_reading != row.reading:
        yield change_of(row, "filters", "", "", at)
    if url != row.url:
        yield change_of(row, "address", url, row.url, at)
    if kind != row.kind:
        yield change_of(row, "type", kind, row.kind, at)


def _rendering(reading: str | None) -> str:
    return (reading or "").partition(" ")[0]


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
