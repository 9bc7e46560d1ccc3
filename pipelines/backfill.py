"""Gives articles of earlier releases what new ones get: copies, stories, a time to look again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.fingerprint import Fingerprint, fingerprint
from pipelines.group import StoryKeeper
from pipelines.recheck_ladder import next_check
from pipelines.storage.copies import WINDOW, place_among_copies
from pipelines.storage.models import Article
from pipelines.storage.turns import take_turn

_TOGETHER = 50  # in one short transaction, so that a crawl that is under way hardly waits
_PAUSE_SECONDS = 0.02  # and gets its turn between two
_LACKING = or_(
    Article.copy_group_id.is_(None), Article.story_id.is_(None), Article.last_checked_at.is_(None)
)


def count_lacking(session: Session) -> int:
    """Return how many articles lack something."""
    return session.scalar(select(func.count()).where(_LACKING)) or 0


def backfill(
    sessions: sessionmaker[Session],
    *,
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[int]:
    """Complete all articles, the oldest first; yields after each commit how many were done.

    May be left at any time and run again: what is committed is not done twice. The texts of
    articles that left the window of copies are not compared, for new ones are not either.
    """
    keeper, last_id = StoryKeeper(), 0
    while True:
        texts = _read(sessions, last_id, now)
        if not texts:
            return
        with sessions.begin() as session:
            take_turn(session)
            for article in _rows(session, Article.id.in_(texts)):
                _complete(session, article, texts[article.id], keeper, now)
        last_id = max(texts)
        yield len(texts)
        sleep(_PAUSE_SECONDS)


def _rows(session: Session, which: ColumnElement[bool]) -> list[Article]:
    query = select(Article).where(which).order_by(Article.id).limit(_TOGETHER)
    return list(session.scalars(query))


def _read(
    sessions: sessionmaker[Session], after_id: int, now: datetime
) -> dict[int, Fingerprint | None]:
    """The next articles with their fingerprints, made outside of any writing transaction."""
    with sessions() as session:
        rows = _rows(session, and_(Article.id > after_id, _LACKING))
    return {
        row.id: fingerprint(row.article_body)
        if row.copy_group_id is None and row.first_seen_at >= now - WINDOW
        else None
        for row in rows
    }


def _complete(
    session: Session,
    article: Article,
    text: Fingerprint | None,
    keeper: StoryKeeper,
    now: datetime,
) -> None:
    if article.copy_group_id is None:
        if text is None:
            article.copy_group_id = article.id
        else:
            place_among_copies(session, article, text)
    if article.story_id is None:
        session.flush()
        keeper.group_into_story(session, article)
    if article.last_checked_at is None:
        article.last_checked_at = article.fetched_at
        if article.gone_at is None:
            article.next_check_at = next_check(article.first_seen_at, now)
