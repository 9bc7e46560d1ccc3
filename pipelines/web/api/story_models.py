"""Stories, and what happened, described."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from pipelines.web.api.record import Record


class Placed(Record):
    """A source's place among those that carry a story."""

    rank: int
    source: str
    article: int
    first_seen_at: datetime
    not_seen_at: datetime | None
    doubt_seconds: float | None = Field(description="By how much it may have been earlier.")
    undecidable_with: list[str] = Field(description="Sources that may have been before it, or not.")
    copies: list[str] = Field(description="Sources before it whose text it repeats.")
    further_articles: int


class WhoFirst(Record):
    """Who had a story first. Sources whose intervals overlap share a rank: it cannot be told."""

    decided: bool
    first: list[str]
    order: list[Placed]


class Story(Record):
    """Articles about the same event."""

    id: int
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    articles: int
    copies: int
    revisions: int
    independent_publishers: int = Field(description="Publishing houses with a text of their own.")
    agencies: list[str]
    who_first: WhoFirst
    pinned: bool = Field(description="Whether an analyst shaped it.")


class Member(Record):
    """An article of a story."""

    id: int
    source: str
    source_name: str
    headline: str
    url: str
    in_language: str | None
    first_seen_at: datetime
    not_seen_at: datetime | None
    baseline: bool
    date_published: datetime | None
    wire_credit: list[str]
    copy_of: int | None
    copy_kind: str | None
    common_share: float | None
    likeness: float | None = Field(description="To its story when it joined; null: it opened it.")
    revisions: int
    gone_at: datetime | None


class StoryWithTimeline(Story):
    """A story with its articles, the first seen first."""

    timeline: list[Member]


class StoryPage(Record):
    """A page of stories."""

    items: list[Story]
    next_cursor: str | None


class ChangedArticle(Record):
    """Which article a change is about, as it is now."""

    id: int
    headline: str
    url: str
    source: str
    first_seen_at: datetime


class Change(Record):
    """One thing that happened. Numbers have no holes: who has N has all before."""

    number: int
    at: datetime
    kind: Literal["article", "revision", "gone", "back", "joined", "merged", "renamed", "alert"]
    article: ChangedArticle | None
    story: int | None
    revision: int | None = Field(description="The number of the wording.")
    alert: int | None


class ChangePage(Record):
    """A page of changes, oldest first; `nextCursor` is never null: ask again later with it."""

    items: list[Change]
    next_cursor: str
    newest: int = Field(description="The number of the newest change.")
