"""The alerts of one watch as Atom 1.0, RSS 2.0 and JSON Feed 1.1: bytes to write or to serve."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.alert_views import AlertView, alert_view
from pipelines.export.feeds import MEDIA_TYPES, SUFFIXES, Feed, FeedEntry, FeedFormat, write_feed
from pipelines.export.schema_org import iso_time
from pipelines.storage.alerts import find_alerts
from pipelines.storage.watch_models import Alert, Watch

__all__ = ["MEDIA_TYPES", "SUFFIXES", "FeedFormat", "watch_feed", "write_feeds"]

_MOST = 50


def watch_feed(
    session: Session, slug: str, form: FeedFormat, *, self_url: str = ""
) -> bytes | None:
    """Return the feed of a watch's latest alerts; None when the database knows no such watch.

    ``self_url`` is where it is served.
    """
    watch = session.scalars(select(Watch).where(Watch.slug == slug)).one_or_none()
    if watch is None:
        return None
    lines = find_alerts(session, watch=slug, limit=_MOST)
    views = [alert_view(session, line) for line in lines]
    return write_feed(replace(_feed(watch, views), self_url=self_url), form)


def write_feeds(session: Session, folder: Path) -> list[Path]:
    """Write the feeds of all watches whose alerts are newer than their files; return those files.

    A reader never sees half a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    latest = (
        select(Watch.slug, func.max(Alert.raised_at))
        .outerjoin(Alert, Alert.watch_id == Watch.id)
        .group_by(Watch.slug)
    )
    written = []
    for slug, raised_at in session.execute(latest):
        for form, suffix in SUFFIXES.items():
            path = folder / f"{slug}.{suffix}"
            if path.exists() and (raised_at is None or _time_of(path) >= raised_at):
                continue
            feed = watch_feed(session, slug, form)
            if feed is not None:
                _replace(path, feed, raised_at)
                written.append(path)
    return written


def _time_of(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _replace(path: Path, content: bytes, at: datetime | None) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    if at is not None:  # the file is as old as its newest alert, to the second above
        seconds = at.timestamp() + 1
        os.utime(fresh, (seconds, seconds))
    fresh.replace(path)


def _feed(watch: Watch, views: Sequence[AlertView]) -> Feed:
    return Feed(
        what=f"watch:{watch.slug}",
        title=f"{watch.name} - firstseen",
        description=f"Alerts of the watch {watch.name}",
        updated_at=max((view.raised_at for view in views), default=watch.created_at),
        entries=tuple(map(_entry, views)),
    )


def _entry(view: AlertView) -> FeedEntry:
    return FeedEntry(
        what=f"alert:{view.watch}:{view.alert_id}:{iso_time(view.raised_at)}",
        title=view.headline if view.kind == "new" else f"{view.kind.capitalize()}: {view.headline}",
        url=view.url,
        author=view.source_name,
        text=_told(view),
        at=view.raised_at,
        published_at=view.published_at,
        tags=(view.kind,),
    )


def _told(view: AlertView) -> str:
    lines = [f"{view.source_name}: {'; '.join(view.rules)}"]
    lines += [str(e["before"]) + str(e["match"]) + str(e["after"]) for e in view.excerpts[:2]]
    return "\n".join([*lines, f"{view.first}; {view.publishers} independent"])
