"""Events of a story: opened by the first report, joined by the next."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.event_models import Event
from pipelines.storage.groups import widen
from pipelines.storage.models import Article, Story


def put_into_event(session: Session, article: Article, story: Story) -> Event:
    """Note on a new article's row which event of its story it reports; the latest, so far."""
    latest = (
        select(Event)
        .where(Event.story_id == story.id, Event.merged_into_id.is_(None))
        .order_by(Event.last_seen_at.desc(), Event.id.desc())
    )
    event = session.scalars(latest.limit(1)).first()
    if event is None:
        event = Event(
            story_id=story.id,
            title=article.headline,
            first_seen_at=article.first_seen_at,
            last_seen_at=article.first_seen_at,
        )
        session.add(event)
        session.flush()
    widen(event, article.first_seen_at)
    article.event_id = event.id
    return event
