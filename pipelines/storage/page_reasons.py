"""What became of the addresses that each source's listings promised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pipelines.page_outcomes import NOT_ASKED_YET
from pipelines.storage.models import ArticleUrl, ListedLink, Page, Section, Source
from pipelines.storage.pages import leads_to_article

#: The periods do not overlap: the last day, the week before it, the four weeks before that.
_PERIODS = (("day", timedelta(days=1)), ("week", timedelta(days=8)), ("month", timedelta(days=36)))


@dataclass(slots=True)
class PromisedPages:
    """Addresses first listed in one period: how many are articles, how many not and why.

    ``since`` is when the first that gave no article was listed.
    """

    articles: int = 0
    without: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None

    @property
    def asked(self) -> int:
        """How many of the addresses were asked for."""
        return self.articles + sum(self.without.values())

    def __add__(self, other: PromisedPages) -> PromisedPages:
        reasons = {*self.without, *other.without}
        without = {r: self.without.get(r, 0) + other.without.get(r, 0) for r in reasons}
        starts = [start for start in (self.since, other.since) if start is not None]
        return PromisedPages(self.articles + other.articles, without, min(starts, default=None))


def promised_pages(
    session: Session, *, now: datetime, slugs: Collection[str] = ()
) -> dict[str, dict[str, PromisedPages]]:
    """Return by source and period (day, week, month) what its listed addresses turned out to be.

    An address that gave an article in the end counts as one, whatever it gave before; one that
    was not asked for yet, or that our own filters leave out, does not count.
    """
    period = case(*((ListedLink.first_listed_at >= now - span, name) for name, span in _PERIODS))
    became = case((ArticleUrl.url_key.is_not(None), ""), else_=Page.outcome)
    query = (
        select(
            Source.slug,
            period,
            became,
            func.count(ListedLink.url_key.distinct()),
            func.min(ListedLink.first_listed_at),
        )
        .join(Section, Section.id == ListedLink.section_id)
        .join(Source, Source.id == Section.source_id)
        .outerjoin(ArticleUrl, leads_to_article)
        .outerjoin(Page, Page.url_key == ListedLink.url_key)
        .where(
            ListedLink.first_listed_at >= now - _PERIODS[-1][1],
            ListedLink.left_out.is_(None),
            Section.enabled,
            ArticleUrl.url_key.is_not(None) | Page.outcome.not_in(NOT_ASKED_YET),
        )
        .group_by(Source.slug, period, became)
    )
    if slugs:
        query = query.where(Source.slug.in_(sorted(slugs)))
    found: dict[str, dict[str, PromisedPages]] = {}
    for slug, name, reason, count, first in session.execute(query):
        pages = PromisedPages(count) if not reason else PromisedPages(0, {reason: count}, first)
        of_source = found.setdefault(slug, {})
        of_source[name] = of_source.get(name, PromisedPages()) + pages
    return found
