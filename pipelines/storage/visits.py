"""Keeps looks at sections: the visit row, what was listed, and what is worth fetching now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipelines.looks import ListedLink, LookResult, SectionLook
from pipelines.storage.models import ListedLink as ListedRow
from pipelines.storage.models import Section, Visit
from pipelines.storage.pages import in_chunks, record_page, worth_fetching
from pipelines.storage.sources import find_section

__all__ = ["Planner", "record_look", "record_page"]

#: Sets when a section is looked at next, from what its last look showed.
Planner = Callable[[Section, SectionLook, LookResult], None]


def record_look(session: Session, look: SectionLook, plan: Planner | None = None) -> LookResult:
    """Keep one look at a section and return the addresses that are worth fetching now.

    These are the listed ones that are neither articles yet nor given up, and left-overs of earlier
    looks whose time has come. first_listed_at is written once and never moves. ``plan`` changes
    the section's row in the same transaction.
    """
    section = find_section(session, look.source, look.section)
    baseline = section.last_looked_at is None
    if baseline and look.outcome == "unchanged":
        return LookResult(None, needs_full_look=True)
    links = _unique(look.links or ())
    known = _listed_before(session, section.id, links)
    fresh = tuple(link for link in links if link.url_key not in known)
    visit = _visit_row(section, look, links, new_links=len(fresh))
    visit.baseline = baseline and look.completed
    visit.window_overflow = bool(links) and not known and not baseline and section.kind == "feed"
    session.add(visit)
    session.flush()
    _save_links(session, section, look, links, baseline=baseline)
    if look.completed:
        section.last_looked_at = look.arrived_at
    section.last_started_at = look.started_at
    section.failures = 0 if look.completed else section.failures + 1
    session.flush()
    result = LookResult(
        visit.id,
        tuple(worth_fetching(session, section, visit.id, now=look.arrived_at)),
        fresh=fresh,
        baseline=visit.baseline,
        window_overflow=visit.window_overflow,
    )
    if plan is not None:
        plan(section, look, result)
    return result


def _unique(links: Iterable[ListedLink]) -> list[ListedLink]:
    """The first of each key, in the order of the listing."""
    found: dict[str, ListedLink] = {}
    for link in links:
        found.setdefault(link.url_key, link)
    return list(found.values())


def _visit_row(
    section: Section, look: SectionLook, links: Sequence[ListedLink], *, new_links: int
) -> Visit:
    return Visit(
        section_id=section.id,
        planned_at=section.next_visit_at,
        started_at=look.started_at,
        arrived_at=look.arrived_at,
        outcome=look.outcome,
        http_status=look.http_status,
        size_bytes=look.size_bytes,
        conditional=look.conditional,
        links=len(links),
        new_links=new_links,
        detail=look.detail,
    )


def _listed_before(session: Session, section_id: int, links: Sequence[ListedLink]) -> set[str]:
    known: set[str] = set()
    for keys in in_chunks([link.url_key for link in links]):
        query = select(ListedRow.url_key).where(
            ListedRow.section_id == section_id, ListedRow.url_key.in_(keys)
        )
        known.update(session.scalars(query))
    return known


def _save_links(
    session: Session,
    section: Section,
    look: SectionLook,
    links: Sequence[ListedLink],
    *,
    baseline: bool,
) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(ListedRow)
    # The interval of the first listing stays; only what was listed last moves.
    statement = insert.on_conflict_do_update(
        index_elements=["url_key", "section_id"],
        set_={
            "last_listed_at": insert.excluded.last_listed_at,
            "position": insert.excluded.position,
            "headline": insert.excluded.headline,
        },
    )
    rows = [
        {
            "url_key": link.url_key,
            "section_id": section.id,
            "url": link.url,
            "headline": link.headline,
            "guid": link.guid,
            "position": link.position,
            "date_published": link.date_published,
            "date_published_raw": link.date_published_raw,
            "first_listed_at": look.arrived_at,
            "not_listed_at": section.last_looked_at,
            "last_listed_at": look.arrived_at,
            "baseline": baseline,
        }
        for link in links
    ]
    if rows:
        session.execute(statement, rows)
