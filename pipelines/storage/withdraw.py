"""Takes an article back whose text was nobody's: a wall that was read before it was known."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from pipelines.storage.copy_models import Anchor, StoryVector, TextPrint
from pipelines.storage.event_models import Event, EventToldBeforeSplit
from pipelines.storage.groups import column_of, refit
from pipelines.storage.models import Article, ArticleUrl, CutText, Revision, Story
from pipelines.storage.search_index import forget_article
from pipelines.storage.watch_models import Alert, Delivery, ToldBeforeSplit


def withdraw_article(session: Session, article: Article) -> int:
    """Remove an article with all that hangs on it; return how many alerts had been told of it.

    Alerts that nobody has been told of go as well. Its addresses are free again, and what the
    listings said of them stays: read anew, it is the article it is, first seen when it was.
    """
    told = _withdraw_alerts(session, Alert.article_id == article.id)
    _leave_copies(session, article)
    forget_article(session, article)
    for table in (Anchor, TextPrint, StoryVector, CutText, ArticleUrl, Revision):
        session.execute(delete(table).where(table.article_id == article.id))
    event_id, story_id = article.event_id, article.story_id
    session.delete(article)
    session.flush()
    if event_id is not None:
        told += _leave(session, session.get_one(Event, event_id))
    if story_id is not None:
        told += _leave(session, session.get_one(Story, story_id))
    return told


def _withdraw_alerts(session: Session, which: ColumnElement[bool]) -> int:
    alerts = list(session.scalars(select(Alert.id).where(which)))
    mine = Delivery.alert_id.in_(alerts)
    told = session.scalar(
        select(func.count(Delivery.alert_id.distinct())).where(mine, Delivery.state == "delivered")
    )
    _remove_alerts(session, alerts)
    return told or 0


def withdraw_untold(session: Session, which: ColumnElement[bool]) -> None:
    """Remove the alerts of some that no receiver has, nor may have."""
    sent = select(Delivery.alert_id).where(
        or_(Delivery.state != "waiting", Delivery.tries > 0, Delivery.reached.is_not(None))
    )
    _remove_alerts(
        session, list(session.scalars(select(Alert.id).where(which, Alert.id.not_in(sent))))
    )


def _remove_alerts(session: Session, alerts: Collection[int]) -> None:
    for table in (Delivery, ToldBeforeSplit, EventToldBeforeSplit):
        session.execute(delete(table).where(table.alert_id.in_(alerts)))
    session.execute(delete(Alert).where(Alert.id.in_(alerts)))


def _leave_copies(session: Session, article: Article) -> None:
    """Its copies repeat nothing any more; the group goes by another of its articles."""
    nothing = {"copy_of_id": None, "copy_kind": None, "copy_score": None}
    session.execute(update(Article).where(Article.copy_of_id == article.id).values(**nothing))
    group = (Article.copy_group_id == article.id) & (Article.id != article.id)
    heir = session.scalar(select(func.min(Article.id)).where(group))
    if heir is not None:
        session.execute(update(Article).where(group).values(copy_group_id=heir))


def _leave(session: Session, group: Story | Event) -> int:
    """Let a story or event go that has no article left, with its alerts; else set its times."""
    kind, number = type(group), group.id
    if session.scalar(select(Article.id).where(column_of(kind) == number).limit(1)):
        refit(session, group)
        return 0
    if group.pinned or session.scalar(select(kind.id).where(kind.merged_into_id == number)):
        return 0  # an analyst shaped it, or others lead there
    if kind is Story and session.scalar(select(Event.id).where(Event.story_id == number)):
        return 0  # one of its events is such
    told = _withdraw_alerts(
        session, Alert.story_id == number if kind is Story else Alert.event_id == number
    )
    session.delete(group)
    session.flush()
    return told
