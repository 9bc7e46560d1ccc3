"""Sources, their hours, watches and alerts, described."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from pipelines.web.api.article_models import Excerpt
from pipelines.web.api.record import Record
from pipelines.web.coverage_cells import Cell


class SectionHealth(Record):
    """The judgement on a section, as `firstseen health` tells it."""

    state: str = Field(examples=["ok", "late", "quiet", "degraded", "blocked", "failing"])
    reasons: list[str]


class Section(Record):
    """A feed, news sitemap or section front that is looked at."""

    id: str = Field(description="Its key within the source.")
    kind: str
    url: str
    name: str
    enabled: bool
    last_looked_at: datetime | None
    next_visit_at: datetime | None
    failures: int = Field(description="Looks that failed, in a row.")
    last_outcome: str | None = Field(description="How the last look ended, in one word.")
    last_look: str | None = Field(description="The same, with what it means and what to do.")
    health: SectionHealth | None


class Source(Record):
    """A publisher."""

    id: str = Field(description="Its slug.")
    name: str
    url: str
    country: str
    in_language: str
    family: str = Field(description="The publishing house.")
    wikidata: str | None
    state: str | None = Field(description="The worst state of its sections, or its own.")
    reasons: list[str] = Field(description="What it suffers from as a whole: losing, unwatched.")
    sections: list[Section]


class SectionCells(Record):
    """A section's hours."""

    id: str
    cells: list[Cell]


class SourceCoverage(Record):
    """What the looks at a source cover, hour by hour, so that its silence can be read.

    seen: new articles; quiet: looked, and nothing was new; gap: nobody looked, or looks failed;
    blocked: the site keeps us out. Where its sections differ, the first of seen, blocked, gap,
    quiet is the source's.
    """

    id: str
    name: str
    since: datetime
    until: datetime
    cells: list[Cell]
    sections: list[SectionCells]


class Watch(Record):
    """What somebody wants to hear about."""

    id: str = Field(description="Its slug.")
    name: str
    query: str
    paused: bool
    in_use: bool = Field(description="Whether there is a file of it now.")
    channels: list[str]
    alerts: int = Field(description="How many it raised.")
    last_alert_at: datetime | None
    feeds: dict[str, str] = Field(description="Addresses of its alerts as feeds, by format.")


class Alert(Record):
    """A story that answered a watch, or grew or changed since."""

    id: int
    watch: dict[str, str]
    kind: str = Field(description="new, grown, changed or gone.")
    rules: list[str] = Field(description="Why it was raised.")
    raised_at: datetime
    state: str = Field(description="delivered, waiting, failing, parked; shown: no channel.")
    article: dict[str, Any]
    story: dict[str, Any]
    excerpts: list[Excerpt]
    changes: dict[str, Any]


class SourcePage(Record):
    """A page of sources."""

    items: list[Source]
    next_cursor: str | None


class CoveragePage(Record):
    """A page of sources' hours."""

    items: list[SourceCoverage]
    next_cursor: str | None


class WatchPage(Record):
    """All watches."""

    items: list[Watch]


class AlertPage(Record):
    """A page of alerts."""

    items: list[Alert]
    next_cursor: str | None
