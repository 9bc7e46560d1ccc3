"""The alerts of one watch as Atom 1.0, RSS 2.0 and JSON Feed 1.1: bytes to write or to serve."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.alert_views import AlertView, alert_view
from pipelines.export.schema_org import iso_time
from pipelines.messages import link
from pipelines.storage.alerts import find_alerts
from pipelines.storage.watch_models import Alert, Watch

FeedFormat = Literal["atom", "rss", "json"]
SUFFIXES: dict[FeedFormat, str] = {"atom": "atom", "rss": "rss", "json": "json"}
MEDIA_TYPES: dict[FeedFormat, str] = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}
_MOST = 50
_ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 2.2: no control characters, no surrogates, not U+FFFE and U+FFFF.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def watch_feed(session: Session, slug: str, form: FeedFormat) -> bytes | None:
    """Return the feed of a watch's latest alerts; None when the database knows no such watch."""
    watch = session.scalars(select(Watch).where(Watch.slug == slug)).one_or_none()
    if watch is None:
        return None
    lines = find_alerts(session, watch=slug, limit=_MOST)
    views = [alert_view(session, line) for line in lines]
    return _WRITERS[form](watch, views)


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


def _atom(watch: Watch, views: Sequence[AlertView]) -> bytes:
    feed = Element("feed", {"xmlns": _ATOM})
    updated = max((view.raised_at for view in views), default=watch.created_at)
    _add(feed, "id", uuid5(NAMESPACE_URL, f"firstseen:watch:{watch.slug}").urn)
    _add(feed, "title", f"{watch.name} - firstseen")
    _add(feed, "updated", iso_time(updated))
    _add(SubElement(feed, "author"), "name", "firstseen")
    for view in views:
        entry = SubElement(feed, "entry")
        _add(entry, "id", _id(view))
        _add(entry, "title", _title(view))
        _add(entry, "updated", iso_time(view.raised_at))
        if view.published_at:
            _add(entry, "published", iso_time(view.published_at))
        if address := link(view.url):
            SubElement(entry, "link", {"rel": "alternate", "href": _xml(address)})
        _add(SubElement(entry, "author"), "name", view.source_name)
        _add(entry, "content", _told(view), {"type": "text"})
    return _document(feed)


def _rss(watch: Watch, views: Sequence[AlertView]) -> bytes:
    rss = Element("rss", {"version": "2.0"})
    channel = SubElement(rss, "channel")
    _add(channel, "title", f"{watch.name} - firstseen")
    _add(channel, "link", f"urn:firstseen:watch:{watch.slug}")
    _add(channel, "description", f"Alerts of the watch {watch.name}")
    for view in views:
        item = SubElement(channel, "item")
        _add(item, "title", _title(view))
        if address := link(view.url):
            _add(item, "link", address)
        _add(item, "guid", _id(view), {"isPermaLink": "false"})
        _add(item, "pubDate", format_datetime(view.raised_at))
        _add(item, "description", _escaped(_told(view)))
    return _document(rss)


def _json(watch: Watch, views: Sequence[AlertView]) -> bytes:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{watch.name} - firstseen",
        "items": [
            {
                "id": _id(view),
                "url": link(view.url),
                "title": _title(view),
                "content_text": _told(view),
                "date_published": iso_time(view.raised_at),
                "authors": [{"name": view.source_name}],
                "tags": [view.kind],
            }
            for view in views
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _id(view: AlertView) -> str:
    """Return what stays the same for one alert, and differs for every other."""
    what = f"firstseen:alert:{view.watch}:{view.alert_id}:{iso_time(view.raised_at)}"
    return uuid5(NAMESPACE_URL, what).urn


def _title(view: AlertView) -> str:
    return view.headline if view.kind == "new" else f"{view.kind.capitalize()}: {view.headline}"


def _told(view: AlertView) -> str:
    lines = [f"{view.source_name}: {'; '.join(view.rules)}"]
    lines += [str(e["before"]) + str(e["match"]) + str(e["after"]) for e in view.excerpts[:2]]
    return "\n".join([*lines, f"{view.first}; {view.publishers} independent"])


def _escaped(text: str) -> str:
    """RSS readers take a description for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _add(
    parent: Element, name: str, text: str | None, attributes: dict[str, str] | None = None
) -> None:
    SubElement(parent, name, attributes or {}).text = _xml(text or "")


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)


def _document(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


_WRITERS = {"atom": _atom, "rss": _rss, "json": _json}
