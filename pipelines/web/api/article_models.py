"""Articles, wordings and hits, described: schema.org's names, our observations beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from pipelines.web.api.record import Record


class Publisher(Record):
    """The source of an article."""

    type: Literal["NewsMediaOrganization"] = Field(alias="@type")
    id: str = Field(description="The source's slug.", examples=["valley-post"])
    name: str = Field(examples=["The Valley Post"])


class Author(Record):
    """Somebody the publisher names as author."""

    type: Literal["Person"] = Field(alias="@type")
    name: str


class Image(Record):
    """A picture of an article. Its address is the publisher's: loading it tells them."""

    type: Literal["ImageObject"] = Field(alias="@type")
    url: str
    caption: str | None = None
    credit_text: str | None = None


class CopyOf(Record):
    """Whose text an article repeats."""

    article: int = Field(description="The number of the earlier article.")
    kind: str | None = Field(None, description="copy, contains or update.")
    common_share: float | None = Field(None, description="Of the text, from 0 to 1.")


class Article(Record):
    """A schema.org NewsArticle, and when it was first seen.

    It appeared after `notSeenAt` (the last completed look without it; left out: nobody had looked
    before) and by `firstSeenAt`.
    """

    type: Literal["NewsArticle"] = Field(alias="@type")
    id: int
    url: str
    headline: str
    alternative_headline: str | None = None
    description: str | None = None
    article_body: str | None = Field(None, description="Plain text, one paragraph a line.")
    article_section: str | None = None
    author: list[Author] = Field([])
    byline: str | None = None
    dateline: str | None = None
    wire_credit: list[str] = Field([], description="Agencies the article credits.")
    in_language: str | None = Field(None, examples=["en"])
    keywords: list[str] = Field([])
    is_accessible_for_free: bool | None = None
    correction: list[str] = Field([], description="Correction notes of the publisher.")
    main_entity_of_page: str | None = Field(None, description="The canonical address it claims.")
    publisher: Publisher
    image: list[Image] = Field([])
    date_published: datetime | None = Field(None, description="As the publisher claims.")
    date_published_source: str | None = Field(None, description="Where that was read.")
    date_published_precision: str | None = Field(None, description="second, minute or day.")
    date_modified: datetime | None = None
    date_flags: list[str] = Field([], description="future, backdated, stale.")
    first_seen_at: datetime
    not_seen_at: datetime | None = None
    baseline: bool = Field(False, description="Whether it was there at the section's first look.")
    fetched_at: datetime
    gone_at: datetime | None = Field(None, description="When it was found taken away.")
    evidence: dict[str, Any] = Field({}, description="Where each field was read.")
    story: int | None = Field(None, description="The number of its story.")
    copy_of: CopyOf | None = None
    also_at: list[str] = Field([], description="Its other addresses.")


class Wording(Record):
    """One wording of an article; number 1 is the first that was seen."""

    article: int
    number: int
    kind: str = Field(description="first, edit, or replaced (another text under this address).")
    observed_at: datetime
    last_seen_at: datetime | None = None
    headline: str
    headline_changed: bool
    correction_added: bool
    description: str | None = None
    article_body: str | None = None


class Span(Record):
    """Characters of a field (Unicode code points) on which a query holds."""

    field: str = Field(examples=["headline", "articleBody"])
    start: int
    end: int


class Excerpt(Record):
    """A hit with a little of its text."""

    field: str
    before: str
    match: str
    after: str


class Hit(Record):
    """An article that a query finds."""

    article: Article
    spans: list[Span] = Field(description="At most 200.")
    excerpts: list[Excerpt] = Field(description="The first five hits.")


class ArticlePage(Record):
    """A page of articles."""

    items: list[Article]
    next_cursor: str | None


class SearchPage(Record):
    """A page of what was found."""

    items: list[Hit]
    next_cursor: str | None


class Wordings(Record):
    """All wordings of an article."""

    items: list[Wording]


class WordingPage(Record):
    """A page of wordings."""

    items: list[Wording]
    next_cursor: str | None
