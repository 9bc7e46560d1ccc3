"""Queries on watches, alerts and their deliveries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pipelines.operator_error import UsageError
from pipelines.storage.edits import edits_of
from pipelines.storage.models import Article, Section, Source
from pipelines.storage.watch_models import Alert, Delivery, Watch
from pipelines.who_first import Sighting, independent_publishers

_ARTICLE_FIELDS = (
    *("url", "headline", "alternative_headline", "description", "article_body", "byline"),
    *("authors", "dateline", "wire_credit", "article_section", "keywords", "in_language"),
    *("date_published", "first_seen_at"),
)


def article_facts(article: Article, source: Source) -> dict[str, Any]:
    """Return a stored article as the watch language reads it: ArticleItem's names, and more."""
    facts = {name: getattr(article, name) for name in _ARTICLE_FIELDS}
    return facts | {
        "source": source.slug,
        "country": source.country,
        "domain": urlsplit(article.url).hostname or "",
        "lang": source.language,
    }


def find_facts(session: Session, article_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a stored article as the watch language reads it, and what is known around it.

    Raises UsageError when there is none.
    """
    article = session.get(Article, article_id)
    if article is None:
        raise UsageError(f"there is no article {article_id}")
    context: dict[str, Any] = {"gone": article.gone_at is not None}
    if article.story_id is not None:
        context["publishers"] = count_publishers(sightings_of(session, article.story_id))
    facts = article_facts(article, session.get_one(Source, article.source_id))
    return facts, context | edits_of(session, article_id)


def section_key(session: Session, article: Article) -> str | None:
    """Return the key of the section that listed an article first."""
    if article.section_id is None:
        return None
    return session.scalar(select(Section.key).where(Section.id == article.section_id))


def save_watch(session: Session, slug: str, name: str, query: str, created_at: datetime) -> int:
    """Return the row id of a watch; a new one counts from ``created_at``."""
    watch = session.scalars(select(Watch).where(Watch.slug == slug)).one_or_none()
    if watch is None:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        values = {"slug": slug, "name": name, "query": query, "created_at": created_at}
        # Another program may add the same watch at the same moment.
        session.execute(dialect.insert(Watch).values(values).on_conflict_do_nothing())
        watch = session.scalars(select(Watch).where(Watch.slug == slug)).one()
    if (watch.name, watch.query) != (name, query):
        watch.name, watch.query = name, query
    return watch.id


def sightings_of(session: Session, story_id: int) -> list[Sighting]:
    """Return the articles of a story without their texts, oldest first."""
    columns = (
        *(Source.slug, Source.family, Article.id, Article.first_seen_at, Article.not_seen_at),
        *(Article.wire_credit, Article.copy_group_id),
    )
    query = select(*columns).join(Source, Source.id == Article.source_id)
    query = query.where(Article.story_id == story_id).order_by(Article.first_seen_at, Article.id)
    return [
        Sighting(
            source=slug,
            family=family,
            article_id=row_id,
            headline="",
            url="",
            first_seen_at=seen_at,
            not_seen_at=not_seen_at,
            credits=tuple(credit),
            copy_group=copy_group,
        )
        for slug, family, row_id, seen_at, not_seen_at, credit, copy_group in session.execute(query)
    ]


def count_publishers(sightings: Iterable[Sighting]) -> int:
    """Return how many independent publishers carry a story."""
    by_source: dict[str, list[Sighting]] = {}
    for seen in sightings:
        by_source.setdefault(seen.source, []).append(seen)
    return independent_publishers(by_source)


# ---- for people


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert with its deliveries."""

    alert: Alert
    watch: Watch
    article: Article
    source: Source
    deliveries: tuple[Delivery, ...]

    @property
    def state(self) -> str:
        """What most needs attention: parked, failing, waiting, delivered; "shown": no channel."""
        states = {
            "failing" if d.failing_since and d.state == "waiting" else d.state
            for d in self.deliveries
        }
        ranked = ("parked", "failing", "waiting", "delivered")
        return next((state for state in ranked if state in states), "shown")


def find_alerts(
    session: Session,
    *,
    watch: str | None = None,
    since: datetime | None = None,
    state: str | None = None,
    ids: Collection[int] = (),
    limit: int | None = 50,
) -> list[AlertLine]:
    """Return alerts, newest first; ``state`` is a delivery's: waiting, delivered, parked."""
    query = (
        select(Alert, Watch, Article, Source)
        .join(Watch, Watch.id == Alert.watch_id)
        .join(Article, Article.id == Alert.article_id)
        .join(Source, Source.id == Article.source_id)
    )
    if watch is not None:
        query = query.where(Watch.slug == watch)
    if since is not None:
        query = query.where(Alert.raised_at >= since)
    if ids:
        query = query.where(Alert.id.in_(ids))
    if state is not None:
        query = query.where(Alert.id.in_(select(Delivery.alert_id).where(Delivery.state == state)))
    rows = session.execute(query.order_by(Alert.id.desc()).limit(limit)).all()
    deliveries: dict[int, list[Delivery]] = {}
    wanted = select(Delivery).where(Delivery.alert_id.in_([alert.id for alert, *_ in rows]))
    for delivery in session.scalars(wanted.order_by(Delivery.id)):
        deliveries.setdefault(delivery.alert_id, []).append(delivery)
    return [AlertLine(*row, tuple(deliveries.get(row[0].id, ()))) for row in rows]


def find_alert(session: Session, alert_id: int) -> AlertLine:
    """Return one alert. Raises UsageError when there is none."""
    found = find_alerts(session, ids=[alert_id])
    if not found:
        raise UsageError(f"there is no alert {alert_id}; `firstseen alerts list` shows them")
    return found[0]


def count_deliveries(session: Session) -> dict[str, int]:
    """Return how many deliveries wait, were made, or are parked."""
    query = select(Delivery.state, func.count()).group_by(Delivery.state)
    return {row[0]: row[1] for row in session.execute(query)}
