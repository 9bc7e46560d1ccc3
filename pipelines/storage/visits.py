"""Keeps looks at sections: the visit row, what was listed, and what is worth fetching now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipelines.looks import LinkToFetch, ListedLink, LookResult, PageOutcome, SectionLook
from pipelines.storage.models import ArticleUrl, Page, Section, Visit
from pipelines.storage.models import ListedLink as ListedRow
from pipelines.storage.sources import find_section, find_source_id

_MOST_PER_STATEMENT = 500  # keys in one IN list; SQLite's parameter limit is 32,766
_LONGEST_WAIT = timedelta(days=7)  # twice the longest of spiders/page_retries.py
_MOST_TO_FETCH = 2000  # bounds memory; the spider's own budget per section is smaller


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
        tuple(_worth_fetching(session, section, visit.id, now=look.arrived_at)),
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


def _chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[i : i + _MOST_PER_STATEMENT] for i in range(0, len(keys), _MOST_PER_STATEMENT))


def _listed_before(session: Session, section_id: int, links: Sequence[ListedLink]) -> set[str]:
    known: set[str] = set()
    for keys in _chunks([link.url_key for link in links]):
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


# An address that a page merely claims to have may yet turn out to be another article.
_leads_to_article = (ArticleUrl.url_key == ListedRow.url_key) & ArticleUrl.seen_as.in_(
    ("listed", "final")
)


def _worth_fetching(
    session: Session, section: Section, visit_id: int, *, now: datetime
) -> Iterable[LinkToFetch]:
    query = (
        select(ListedRow, Page.tries)
        .outerjoin(ArticleUrl, _leads_to_article)
        .outerjoin(Page, Page.url_key == ListedRow.url_key)
        .where(
            ListedRow.section_id == section.id,
            ArticleUrl.url_key.is_(None),
            Page.url_key.is_(None)
            | (Page.retry_at <= now)
            # No wait is that long: it was set before the clock was set back.
            | (Page.retry_at > now + _LONGEST_WAIT),
        )
        .order_by(ListedRow.last_listed_at.desc(), ListedRow.position)
        .limit(_MOST_TO_FETCH)
    )
    found = session.execute(query).all()
    first_listings = _first_listings(session, [row.url_key for row, _ in found])
    for row, tries in found:
        first = first_listings[row.url_key]
        link = ListedLink(
            url=row.url,
            url_key=row.url_key,
            position=row.position,
            headline=row.headline,
            guid=row.guid,
            date_published=row.date_published,
            date_published_raw=row.date_published_raw,
        )
        yield LinkToFetch(
            link,
            visit_id,
            first_seen_at=first.first_listed_at,
            not_seen_at=first.not_listed_at,
            baseline=first.baseline,
            tries=tries or 0,
        )


def _first_listings(session: Session, keys: Sequence[str]) -> dict[str, ListedRow]:
    """Return the earliest listing of each address by any section."""
    first: dict[str, ListedRow] = {}
    for some in _chunks(keys):
        query = select(ListedRow).where(ListedRow.url_key.in_(some))
        for row in session.scalars(query.order_by(ListedRow.first_listed_at)):
            first.setdefault(row.url_key, row)
    return first


def record_page(session: Session, page: PageOutcome) -> None:
    """Keep that an address gave no article, and when to ask again."""
    row = session.get(Page, page.url_key)
    if row is None:
        source_id = find_source_id(session, page.source)
        row = Page(url_key=page.url_key, url=page.url, source_id=source_id, tries=0)
        session.add(row)
    row.outcome, row.tried_at, row.retry_at = page.outcome, page.at, page.retry_at
    row.detail = page.detail
    row.tries += 1
    _count(session, page.visit_id, Visit.pages_without_article)


def count_stored(session: Session, visit_id: int | None) -> None:
    """Count one stored article for the visit that led to it."""
    _count(session, visit_id, Visit.articles_stored)


def _count(session: Session, visit_id: int | None, column: InstrumentedAttribute[int]) -> None:
    if visit_id is not None:
        session.execute(update(Visit).where(Visit.id == visit_id).values({column: column + 1}))
