"""Listed addresses that are no articles yet: which to ask for now, and what came of asking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipelines.looks import LinkToFetch, ListedLink, PageOutcome
from pipelines.page_outcomes import MISSING, SITE_WIDE
from pipelines.storage.due_times import is_due
from pipelines.storage.models import FOLLOWED, ArticleUrl, Page, Section, Visit
from pipelines.storage.models import ListedLink as ListedRow
from pipelines.storage.sources import find_source_id

_MOST_PER_STATEMENT = 500  # keys in one IN list; SQLite's parameter limit is 32,766
_LONGEST_WAIT = timedelta(days=7)  # the longest of spiders/page_retries.py
_MOST_TO_FETCH = 2000  # bounds memory; the spider's own budget per section is smaller
#: An address is asked for until no section has listed it for so long: a listing that cannot be
#: read for days lists nothing. What the site owes us, it owes us for longer.
ASKED_FOR = timedelta(days=7)
OWED_FOR = timedelta(days=30)
# (up to so many tries, the least time since the last one): how soon a page of a site that answers
# again is asked again. A page that is refused while others are not gets ten requests in two days.
_AGAIN_AFTER = (
    (2, timedelta(minutes=5)),
    (4, timedelta(minutes=30)),
    (6, timedelta(hours=3)),
    (10_000, timedelta(days=1)),
)

#: A listed address gave an article. One that a page merely claims to have may yet turn out to be
#: another article.
leads_to_article = (ArticleUrl.url_key == ListedRow.url_key) & ArticleUrl.seen_as.in_(FOLLOWED)


def worth_fetching(
    session: Session, section: Section, visit_id: int, *, now: datetime
) -> Iterable[LinkToFetch]:
    """Yield what a section lists, or listed lately, that is no article yet and whose time has come.

    What was never asked for comes first.
    """
    query = (
        select(ListedRow, Page.tries)
        .outerjoin(ArticleUrl, leads_to_article)
        .outerjoin(Page, Page.url_key == ListedRow.url_key)
        .where(
            ListedRow.section_id == section.id,
            ListedRow.left_out.is_(None),
            ArticleUrl.url_key.is_(None)
            # What is listed still: does it show the article that it was taken for?
            | ((ArticleUrl.check_at <= now) & (ListedRow.last_listed_at >= now)),
            Page.url_key.is_(None) | (_is_due(now) & _is_asked_for(section.id, now)),
        )
        .order_by(
            Page.url_key.is_not(None),  # what was never asked for comes first
            (ListedRow.arrival == "new").desc(),  # news before what was there before
            ListedRow.last_listed_at.desc(),
            ListedRow.date_published.desc().nulls_last(),
            ListedRow.position,
        )
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
            arrival=first.arrival,
            tries=tries or 0,
        )


def _is_due(now: datetime) -> ColumnElement[bool]:
    # An earlier release gave pages up; they are listed, so they are asked for.
    given_up = Page.retry_at.is_(None) & (Page.tried_at <= now - _LONGEST_WAIT)
    return is_due(Page.retry_at, now, longest=_LONGEST_WAIT) | given_up


def _is_asked_for(section_id: int, now: datetime) -> ColumnElement[bool]:
    listed = ListedRow.last_listed_at
    latest = select(func.max(listed)).where(ListedRow.section_id == section_id)
    return is_asked_for_since(latest.scalar_subquery(), now)


def is_asked_for_since(
    latest: ColumnElement[Any] | ScalarSelect[Any], now: datetime
) -> ColumnElement[bool]:
    """Return the condition that an address is listed still, or was lately.

    ``latest`` is when its section listed anything last. While a listing is unchanged nothing is
    listed again: what its latest reading held is listed.
    """
    listed = ListedRow.last_listed_at
    lately = (listed > now - ASKED_FOR) | (_is_for_the_site & (listed > now - OWED_FOR))
    return (listed >= latest) | lately


_is_for_the_site = Page.outcome.in_(SITE_WIDE) | (
    Page.outcome.startswith("http-") & Page.outcome.not_in(MISSING)
)


def wake_pages(session: Session, source_id: int, url: str, now: datetime) -> None:
    """Make due what a site could not show us: a page of the same host has just been read."""
    host = "/".join(url.split("/", 3)[:3]) + "/"
    long_enough = [
        (Page.tries <= tries) & (Page.tried_at <= now - gap) for tries, gap in _AGAIN_AFTER
    ]
    session.execute(
        update(Page)
        .where(
            Page.source_id == source_id,
            Page.retry_at > now,
            _is_for_the_site,
            Page.url.startswith(host, autoescape=True),
            or_(*long_enough),
        )
        .values(retry_at=now)
        .execution_options(synchronize_session=False)
    )


def in_chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    """Return keys in portions that fit into one statement."""
    return (keys[i : i + _MOST_PER_STATEMENT] for i in range(0, len(keys), _MOST_PER_STATEMENT))


def _first_listings(session: Session, keys: Sequence[str]) -> dict[str, ListedRow]:
    """Return the earliest listing of each address by any section."""
    first: dict[str, ListedRow] = {}
    for some in in_chunks(keys):
        query = select(ListedRow).where(ListedRow.url_key.in_(some))
        for row in session.scalars(query.order_by(ListedRow.first_listed_at)):
            first.setdefault(row.url_key, row)
    return first


def bound_of(
    session: Session, source_id: int, headline: str | None, bound: datetime | None
) -> datetime | None:
    """Return the moment after which what is listed under a headline appeared, ``bound`` at most.

    Addresses change before anyone could read what stood there: a relaunch, a token. An address of
    the source that was listed under the same headline and never gave an article may have been this
    one's. Where it was another's the earlier bound is as true.
    """
    if bound is None or not headline:
        return bound
    query = (
        select(ListedRow.not_listed_at)
        .join(Page, Page.url_key == ListedRow.url_key)
        .where(
            Page.source_id == source_id,
            ListedRow.headline == headline,
            ListedRow.not_listed_at.is_(None) | (ListedRow.not_listed_at < bound),
        )
    )
    bounds = session.scalars(query).all()
    known = [at for at in bounds if at is not None]
    return min(known, default=bound) if len(known) == len(bounds) else None


def record_page(session: Session, page: PageOutcome) -> None:
    """Keep that an address gave no article, and when to ask again.

    Where no request was sent only the latter: what earlier tries found still stands.
    """
    row = session.get(Page, page.url_key)
    if row is None:
        source_id = find_source_id(session, page.source)
        row = Page(url_key=page.url_key, url=page.url, source_id=source_id, tries=0)
        session.add(row)
    row.retry_at = page.retry_at
    if page.sent or not row.tries:
        row.outcome, row.tried_at, row.detail = page.outcome, page.at, page.detail
    if page.sent:
        row.tries += 1
        _count(session, page.visit_id, Visit.pages_without_article)


def count_stored(session: Session, visit_id: int | None) -> None:
    """Count one stored article for the visit that led to it."""
    _count(session, visit_id, Visit.articles_stored)


def _count(session: Session, visit_id: int | None, column: InstrumentedAttribute[int]) -> None:
    if visit_id is not None:
        session.execute(update(Visit).where(Visit.id == visit_id).values({column: column + 1}))
