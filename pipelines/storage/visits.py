"""Keeps looks at sections: the visit row, what was listed, and what is worth fetching now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipelines.evidence import (
    SectionPast,
    arrivals,
    is_baseline,
    is_overflow,
    lower_bound,
    news_since,
    next_read_at,
    next_whole_at,
    weighed,
)
from pipelines.items import Arrival
from pipelines.looks import ListedLink, LookResult, SectionLook
from pipelines.storage.address_noise import without_noise
from pipelines.storage.models import ListedLink as ListedRow
from pipelines.storage.models import Section, Visit
from pipelines.storage.pages import in_chunks, record_page, worth_fetching
from pipelines.storage.rechecks import ask_again_for_gone
from pipelines.storage.sources import find_section

__all__ = ["Planner", "record_look", "record_page"]

_LOOKS_BACK = 20  # a section's usual listing is what its latest looks showed
_MOST_LEFT_OUT = 3000  # of one look

#: Sets when a section is looked at next, from what its last look showed.
Planner = Callable[[Section, SectionLook, LookResult], None]


def record_look(session: Session, look: SectionLook, plan: Planner | None = None) -> LookResult:
    """Keep one look at a section and return the addresses that are worth fetching now.

    These are the listed ones that are neither articles yet nor given up, and left-overs of earlier
    looks whose time has come. first_listed_at is written once and never moves. ``plan`` changes
    the section's row in the same transaction.
    """
    section = find_section(session, look.source, look.section)
    if section.baseline_at is None and look.outcome == "unchanged":
        return LookResult(None, needs_full_look=True)
    past = _past_of(session, section)
    look = without_noise(session, section, look)
    look, seen = weighed(_still_asked_for(look, section), past, kind=section.kind), look
    links, left_out = _unique(look.links or ()), _unique(look.left_out)
    known = _listed_before(session, section.id, [*links, *left_out])
    fresh = tuple(link for link in links if known.get(link.url_key, "") is not None)
    visit = _visit_row(section, look, links, left_out, new_links=len(fresh))
    visit.baseline = past.baseline_at is None and bool(links)
    visit.window_overflow = is_overflow(look, links, fresh, past, kind=section.kind)
    session.add(visit)
    session.flush()
    arrived = _save_links(session, section, look, past, links, left_out, known)
    _note_look(section, look, past)
    if links:
        ask_again_for_gone(session, section.id, look.arrived_at)
    session.flush()
    result = LookResult(
        visit.id,
        tuple(worth_fetching(session, section, visit.id, now=look.arrived_at)),
        fresh=fresh,
        baseline=visit.baseline,
        window_overflow=visit.window_overflow,
        older=frozenset(key for key, arrival in arrived.items() if arrival == "older"),
        outcome=look.outcome if look is not seen else "",
        detail=look.detail,
    )
    if plan is not None:
        plan(section, look, result)
    return result


def _still_asked_for(look: SectionLook, section: Section) -> SectionLook:
    """Return the look, cut off where the section was given another address meanwhile.

    What the former address lists says nothing of what the one it has now does.
    """
    if not look.url or look.url == section.url:
        return look
    told = f"the section's address was changed meanwhile, from {look.url}"
    return replace(look, outcome="stopped", links=None, left_out=(), detail=told)


def _past_of(session: Session, section: Section) -> SectionPast:
    """Return what the earlier looks at a section, at the address it has now, have established."""
    whole_at, read_at = section.last_whole_at, section.last_read_at
    if section.baseline_at is None:
        return SectionPast(None, whole_at, read_at)
    query = (
        select(Visit.outcome, Visit.links, Visit.started_at)
        .where(Visit.section_id == section.id, Visit.arrived_at >= section.baseline_at)
        .order_by(Visit.started_at.desc())
        .limit(_LOOKS_BACK)
    )
    usual, sparse_since, is_sparse_run = 0, None, True
    for outcome, links, started_at in session.execute(query):
        if outcome == "ok":
            usual = max(usual, links)
        is_sparse_run = is_sparse_run and outcome == "sparse"
        sparse_since = started_at if is_sparse_run else sparse_since
    return SectionPast(section.baseline_at, whole_at, read_at, usual, sparse_since)


def _note_look(section: Section, look: SectionLook, past: SectionPast) -> None:
    """Move on what the section remembers of its looks."""
    asked_at = look.asked_at or look.started_at
    section.last_whole_at = next_whole_at(past, look, asked_at)
    section.last_read_at = next_read_at(past, look, asked_at)
    was_read = section.last_looked_at is not None
    if section.baseline_at is None and is_baseline(look, was_read_before=was_read):
        section.baseline_at = look.arrived_at
    if look.is_answered:
        section.last_looked_at = look.arrived_at
    section.last_started_at = look.started_at
    if look.is_answered:
        section.failures = 0
    elif look.outcome != "stopped":  # it did not take place
        section.failures += 1


def _unique(links: Iterable[ListedLink]) -> list[ListedLink]:
    """The first of each key, in the order of the listing."""
    found: dict[str, ListedLink] = {}
    for link in links:
        found.setdefault(link.url_key, link)
    return list(found.values())


def _visit_row(
    section: Section,
    look: SectionLook,
    links: Sequence[ListedLink],
    left_out: Sequence[ListedLink],
    *,
    new_links: int,
) -> Visit:
    return Visit(
        section_id=section.id,
        planned_at=section.next_visit_at,
        started_at=look.started_at,
        asked_at=look.asked_at,
        arrived_at=look.arrived_at,
        outcome=look.outcome,
        http_status=look.http_status,
        size_bytes=look.size_bytes,
        conditional=look.conditional,
        entries=None if look.links is None else look.entries,
        left_out=dict(Counter(link.left_out for link in left_out)) or None,
        links=len(links),
        new_links=new_links,
        detail=look.detail,
    )


def _listed_before(
    session: Session, section_id: int, links: Sequence[ListedLink]
) -> dict[str, str | None]:
    """Return which url keys the section listed before, each with the filter that left it out."""
    known: dict[str, str | None] = {}
    for keys in in_chunks([link.url_key for link in links]):
        query = select(ListedRow.url_key, ListedRow.left_out).where(
            ListedRow.section_id == section_id, ListedRow.url_key.in_(keys)
        )
        known.update((key, left_out) for key, left_out in session.execute(query))
    return known


def _save_links(
    session: Session,
    section: Section,
    look: SectionLook,
    past: SectionPast,
    links: Sequence[ListedLink],
    left_out: Sequence[ListedLink],
    known: Mapping[str, str | None],
) -> dict[str, Arrival]:
    """Keep what was listed; return what each address is that was never listed before.

    What our filters left out is kept too, once: should we take it one day, it was there all along.
    """
    told = replace(past, whole_at=news_since(past, look))
    arrived = arrivals(links, known, told, now=look.arrived_at, cut_at=look.cut_at)
    strangers = [link for link in left_out if link.url_key not in known]
    arrived |= arrivals(strangers, known, told, now=look.arrived_at)
    bound = lower_bound(past, look)
    rows = [
        _link_row(section, look, link, arrived.get(link.url_key, "new"), bound)
        for link in (*links, *strangers[:_MOST_LEFT_OUT])
    ]
    if not rows:
        return arrived
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(ListedRow)
    # The interval of the first listing stays; only what was listed last moves.
    moving = ("last_listed_at", "position", "headline", "left_out")
    statement = insert.on_conflict_do_update(
        index_elements=["url_key", "section_id"],
        set_={name: getattr(insert.excluded, name) for name in moving},
    )
    session.execute(statement, rows)
    return arrived


def _link_row(
    section: Section, look: SectionLook, link: ListedLink, arrival: Arrival, bound: datetime | None
) -> dict[str, Any]:
    return {
        "url_key": link.url_key,
        "section_id": section.id,
        "url": link.url,
        "headline": link.headline,
        "guid": link.guid,
        "position": link.position,
        "date_published": link.date_published,
        "date_published_raw": link.date_published_raw,
        "first_listed_at": look.arrived_at,
        "not_listed_at": bound if arrival == "new" else None,
        "last_listed_at": look.arrived_at,
        "baseline": arrival == "baseline",
        "arrival": arrival,
        "left_out": link.left_out,
    }
