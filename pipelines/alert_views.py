"""Alerts as they are told: everything a message, a page or a feed shows, in plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipelines.export.schema_org import iso_time
from pipelines.interval_words import told_interval, told_span
from pipelines.storage.alerts import AlertLine, count_publishers, find_alerts, sightings_of
from pipelines.storage.models import Story
from pipelines.who_first import FirstReport, Sighting, who_was_first

_KINDS = {"new": "new", "growth": "grown", "edit": "changed", "gone": "gone"}


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert. ``kind``: new, grown, changed, gone. ``first`` tells who had it first, doubt too.

    ``copies`` counts the story's articles that repeat another's text.
    """

    alert_id: int
    watch: str
    watch_name: str
    kind: str
    rules: tuple[str, ...]
    headline: str
    url: str
    source: str
    source_name: str
    raised_at: datetime
    first_seen_at: datetime
    not_seen_at: datetime | None
    published_at: datetime | None
    is_free: bool | None
    story_id: int
    story_title: str
    publishers: int
    articles: int
    copies: int
    first: str
    description: str = ""
    query: str = ""
    excerpts: tuple[Mapping[str, str], ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_paywalled(self) -> bool:
        """Whether the publisher says that the article is not free to read."""
        return self.is_free is False


def alert_views(session: Session, alert_ids: Collection[int]) -> list[AlertView]:
    """Return the alerts with these ids, oldest first."""
    lines = find_alerts(session, ids=list(alert_ids), limit=None) if alert_ids else []
    return [alert_view(session, line) for line in reversed(lines)]


def alert_view(session: Session, line: AlertLine) -> AlertView:
    """Return one alert with the story it is about as it stands now."""
    alert, article, source = line.alert, line.article, line.source
    story = session.get_one(Story, alert.story_id)
    while story.merged_into_id is not None:
        story = session.get_one(Story, story.merged_into_id)
    sightings = sightings_of(session, story.id)
    details = alert.details
    return AlertView(
        alert_id=alert.id,
        watch=line.watch.slug,
        watch_name=line.watch.name,
        kind=_KINDS.get(alert.reason.partition(" ")[0], "new"),
        rules=tuple(details.get("rules", ())),
        headline=article.headline,
        url=article.url,
        source=source.slug,
        source_name=source.name,
        raised_at=alert.raised_at,
        first_seen_at=article.first_seen_at,
        not_seen_at=article.not_seen_at,
        published_at=article.date_published,
        is_free=article.is_accessible_for_free,
        story_id=story.id,
        story_title=story.title,
        publishers=count_publishers(sightings),
        articles=len(sightings),
        copies=_copies(sightings),
        first=first_told(who_was_first(sightings)),
        description=article.description or "",
        query=alert.query,
        excerpts=tuple(details.get("excerpts", ())),
        changes={k: v for k, v in details.items() if k not in ("rules", "excerpts")},
    )


def _copies(sightings: Collection[Sighting]) -> int:
    groups = [seen.copy_group for seen in sightings if seen.copy_group is not None]
    return len(groups) - len(set(groups))


def first_told(report: FirstReport) -> str:
    """Return who had a story first, or between whom and how closely it cannot be told."""
    placings = report.placings
    if not placings:
        return "no article is left in it"
    first = placings[0].sighting
    if len(placings) == 1:
        return f"only {first.source} so far, {_interval(first)}"
    if report.decided:
        return f"first {first.source}, {_interval(first)}"
    doubts = [placing.doubt for placing in placings if placing.rank == 1]
    known = [doubt for doubt in doubts if doubt is not None]
    within = f"within {told_span(max(known))} " if len(known) == len(doubts) else ""
    return f"first: undecidable {within}between {', '.join(report.first)}"


def _interval(seen: Sighting) -> str:
    return told_interval(seen.not_seen_at, seen.first_seen_at)


def alert_record(view: AlertView) -> dict[str, Any]:
    """Return an alert as JSON values."""
    return {
        "id": view.alert_id,
        "watch": {"id": view.watch, "name": view.watch_name, "query": view.query},
        "kind": view.kind,
        "rules": list(view.rules),
        "raisedAt": iso_time(view.raised_at),
        "article": {
            "headline": view.headline,
            "url": view.url,
            "source": view.source,
            "sourceName": view.source_name,
            "firstSeenAt": iso_time(view.first_seen_at),
            "notSeenAt": iso_time(view.not_seen_at),
            "datePublished": iso_time(view.published_at),
            "isAccessibleForFree": view.is_free,
        },
        "story": {
            "id": view.story_id,
            "title": view.story_title,
            "articles": view.articles,
            "copies": view.copies,
            "independentPublishers": view.publishers,
            "first": view.first,
        },
        "excerpts": [dict(excerpt) for excerpt in view.excerpts],
        "changes": dict(view.changes),
    }
