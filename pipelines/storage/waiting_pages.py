"""Which listed addresses still wait for their article, why, and which were never read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pipelines.storage.models import ArticleUrl, ListedLink, Page, Section, Source
from pipelines.storage.pages import ASKED_FOR, OWED_FOR, is_asked_for_since, leads_to_article

#: An address that has just been listed is being fetched, not waiting.
WAITS_AFTER = timedelta(hours=6)
NEVER_ASKED = "never-asked"


@dataclass(frozen=True, slots=True)
class WaitingPages:
    """Addresses of one section that gave no article for one reason.

    ``is_lost``: they left the listing so long ago that nobody asks for them any more. ``since`` is
    when the first of them was listed, ``tries`` how often the most stubborn was asked for.
    """

    source: str
    section: str
    reason: str
    count: int
    since: datetime
    tries: int
    is_lost: bool


def waiting_pages(
    session: Session, *, now: datetime, slugs: Collection[str] = ()
) -> list[WaitingPages]:
    """Return what waits in the enabled sections of all sources, or of some, and what was lost.

    Lost is what left its listing unread in the last two months. What a first look found and nobody
    has asked for yet is neither.
    """
    latest = (
        select(ListedLink.section_id, func.max(ListedLink.last_listed_at).label("at"))
        .group_by(ListedLink.section_id)
        .subquery()
    )
    reason = func.coalesce(Page.outcome, NEVER_ASKED)
    # Nobody knows yet what was never asked for: it is asked for whenever its turn comes.
    waits = Page.url_key.is_(None) | is_asked_for_since(latest.c.at, now)
    is_lost = case((waits, 0), else_=1)
    query = (
        select(
            *(Source.slug, Section.key, reason, func.count()),
            *(func.min(ListedLink.first_listed_at), func.max(Page.tries), is_lost),
        )
        .join(Section, Section.id == ListedLink.section_id)
        .join(Source, Source.id == Section.source_id)
        .join(latest, latest.c.section_id == ListedLink.section_id)
        .outerjoin(ArticleUrl, leads_to_article)
        .outerjoin(Page, Page.url_key == ListedLink.url_key)
        .where(
            ArticleUrl.url_key.is_(None),
            ListedLink.left_out.is_(None),
            ListedLink.first_listed_at <= now - WAITS_AFTER,
            Page.url_key.is_not(None) | (ListedLink.arrival == "new"),
            waits | (ListedLink.last_listed_at > now - 2 * OWED_FOR),
            Section.enabled,
        )
        .group_by(Source.slug, Section.key, reason, is_lost)
        .order_by(Source.slug, Section.key, is_lost, func.count().desc(), reason)
    )
    if slugs:
        query = query.where(Source.slug.in_(sorted(slugs)))
    return [
        WaitingPages(slug, key, why, count, since, tries or 0, bool(lost))
        for slug, key, why, count, since, tries, lost in session.execute(query)
    ]


def listed_lately(
    session: Session, *, now: datetime, slugs: Collection[str] = ()
) -> dict[str, int]:
    """Return by source how many addresses its enabled sections listed in the last week."""
    query = (
        select(Source.slug, func.count(ListedLink.url_key.distinct()))
        .join(Section, Section.source_id == Source.id)
        .join(ListedLink, ListedLink.section_id == Section.id)
        .where(
            Section.enabled,
            ListedLink.left_out.is_(None),
            ListedLink.last_listed_at > now - ASKED_FOR,
        )
        .group_by(Source.slug)
    )
    if slugs:
        query = query.where(Source.slug.in_(sorted(slugs)))
    return {row[0]: row[1] for row in session.execute(query)}
