"""Alerts page by page, the newest first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.alerts import AlertLine, find_alerts
from pipelines.storage.watch_models import Alert, Delivery, Watch


def list_alerts(
    session: Session,
    *,
    watch: str = "",
    state: str = "",
    before: int | None = None,
    limit: int = 30,
) -> tuple[list[AlertLine], bool]:
    """Return a page of alerts below the number ``before``, and whether there are more.

    ``watch`` is a slug, ``state`` that of a delivery: waiting, delivered, parked; empty: all.
    """
    query = select(Alert.id)
    if watch:
        query = query.where(
            Alert.watch_id.in_(select(Watch.id).where(Watch.slug == watch).scalar_subquery())
        )
    if state:
        query = query.where(Alert.id.in_(select(Delivery.alert_id).where(Delivery.state == state)))
    if before is not None:
        query = query.where(Alert.id < before)
    ids = list(session.scalars(query.order_by(Alert.id.desc()).limit(limit + 1)))
    lines = find_alerts(session, ids=ids[:limit], limit=None) if ids else []
    return lines, len(ids) > limit


def watch_choices(session: Session) -> list[tuple[str, str]]:
    """Return slug and name of every watch that ever raised an alert, by name."""
    query = select(Watch.slug, Watch.name).order_by(Watch.name)
    return [(slug, name) for slug, name in session.execute(query)]
