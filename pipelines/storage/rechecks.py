"""Which stored articles are due for another look, and what such a look found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from pipelines.looks import Recheck, RecheckOutcome
from pipelines.outcome_words import is_sent
from pipelines.recheck_ladder import (
    GONE_GAP,
    SOON,
    gone_after,
    next_check,
    next_check_of_gone,
)
from pipelines.storage.due_times import is_due
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl, ListedLink, Section, Source
from pipelines.storage.pages import wake_pages

#: No look at an article is planned further ahead: the ladder ends after a month.
LONGEST_PLAN = timedelta(days=35)
#: As long as a batch lasts at most: what it was handed is nobody else's meanwhile.
_HANDED_OUT_FOR = timedelta(minutes=10)
#: The article is there, whether we may read it whole or not.
_THERE = frozenset(("unchanged", "paywall", "partial"))
#: Something answers for the article, whatever keeps us from its text.
_ANSWERED = _THERE | {
    *("login", "consent", "off-site", "http-3xx", "too-large", "not-html", "not-text"),
    *("front", "video", "audio", "podcast", "gallery", "liveblog", "sponsored"),
}


def _is_due(now: datetime) -> ColumnElement[bool]:
    return is_due(Article.next_check_at, now, longest=LONGEST_PLAN)


def due_rechecks(session: Session, source: str, *, now: datetime, most: int) -> list[Recheck]:
    """Return the articles of a source that are due for another look, the longest due first."""
    query = (
        select(Article, Section.key)
        .join(Source, Source.id == Article.source_id)
        .outerjoin(Section, Section.id == Article.section_id)
        .where(Source.slug == source, _is_due(now))
        .order_by(Article.next_check_at)
        .limit(most)
    )
    return [
        Recheck(
            article.id,
            _other_address(session, article) if article.missing_since else article.url,
            section or "",
            article.first_seen_at,
            article.headline,
        )
        for article, section in session.execute(query)
    ]


def hand_out(session: Session, due: Sequence[Recheck], *, now: datetime) -> None:
    """Let nobody else look at these articles while the batch that was handed them is at work.

    The claim on their host ends with the listing, while articles are still asked for. What came of
    each look plans the next; what a batch that died left behind is due again after a while.
    """
    statement = update(Article).where(Article.id.in_([each.article_id for each in due]))
    session.execute(statement.values(next_check_at=now + _HANDED_OUT_FOR))


def _other_address(session: Session, article: Article) -> str:
    """Return where an article that is missing at its address may live: what was listed last."""
    query = (
        select(ListedLink.url)
        .join(ArticleUrl, ArticleUrl.url_key == ListedLink.url_key)
        .where(ArticleUrl.article_id == article.id, ArticleUrl.seen_as.in_(FOLLOWED))
        .order_by(ListedLink.last_listed_at.desc(), ListedLink.first_listed_at.desc())
        .limit(1)
    )
    return session.scalar(query) or article.url


def ask_again_for_gone(session: Session, section_id: int, listed_at: datetime) -> None:
    """Make articles due that count as gone and are listed by a look at ``listed_at``."""
    listed = (
        select(ArticleUrl.article_id)
        .join(ListedLink, ListedLink.url_key == ArticleUrl.url_key)
        .where(ListedLink.section_id == section_id, ListedLink.last_listed_at == listed_at)
    )
    statement = update(Article).where(
        Article.gone_at.is_not(None),
        Article.id.in_(listed),
        (Article.last_checked_at <= listed_at - GONE_GAP)
        | (Article.last_checked_at > listed_at),  # the clock was set back
        Article.next_check_at.is_(None) | (Article.next_check_at > listed_at),
    )
    session.execute(
        statement.values(next_check_at=listed_at).execution_options(synchronize_session=False)
    )


def lanes_with_rechecks(
    session: Session, sources: Collection[str], *, now: datetime
) -> dict[str, set[str]]:
    """Return the sources with articles due for another look, and the hosts of their sections."""
    due = select(Article.source_id).where(_is_due(now)).distinct()
    query = (
        select(Source.slug, Section.lane)
        .join(Section, Section.source_id == Source.id)
        .where(Source.id.in_(due), Section.enabled)
    )
    lanes: dict[str, set[str]] = {}
    for slug, lane in session.execute(query):
        if slug in sources:
            lanes.setdefault(slug, set()).add(lane)
    return lanes


def record_recheck(session: Session, look: RecheckOutcome, *, speed: float = 1.0) -> Article | None:
    """Note a look that brought no new wording, and plan the next; return an article that is gone.

    "missing" (404 or 410) counts as gone only at a second look hours later with nothing between
    that answers for the article; any other failure says nothing about it. What was never sent
    was no look.
    """
    article = session.get(Article, look.article_id)
    if article is None:
        return None
    was_there = article.gone_at is None
    if not is_sent(look.outcome):
        since = (look.at - (article.gone_at or article.first_seen_at)) * speed
        soon = max(look.not_before or look.at, look.at + SOON / speed)
        article.next_check_at = soon if since < LONGEST_PLAN else None
        return None
    article.last_checked_at = look.at
    article.next_check_at = next_check(article.first_seen_at, look.at, speed=speed)
    if look.outcome == "missing":
        _note_missing(article, look.at, speed)
    elif look.outcome in _ANSWERED or look.outcome.startswith("http-4"):  # 404 is "missing"
        article.missing_since = None
    if look.outcome in _THERE:
        article.gone_at = None
        wake_pages(session, article.source_id, article.url, look.at)
    if article.gone_at is not None:
        article.next_check_at = next_check_of_gone(article.gone_at, look.at, speed=speed)
    if look.not_before and article.next_check_at:
        article.next_check_at = max(article.next_check_at, look.not_before)
    return article if was_there and article.gone_at is not None else None


def _note_missing(article: Article, at: datetime, speed: float) -> None:
    if article.missing_since is None or article.missing_since > at:  # the clock was set back
        article.missing_since = at
        article.next_check_at = at + gone_after(speed)
    elif at - article.missing_since >= gone_after(speed):
        article.gone_at = article.gone_at or article.missing_since  # when we first missed it
