"""The database rows: one class per noun. The schema itself is made by the migrations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from pipelines.items import Arrival
from pipelines.storage.columns import RowId, Text, UtcDateTime

_IS_GONE, _IS_EDIT = text("gone_at IS NOT NULL"), text("number > 1")


class Model(DeclarativeBase):
    """The parent SQLAlchemy asks for."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's way


class Source(Model):
    """A publisher we watch, or once watched."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(Text)
    home_url: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(35))
    family: Mapped[str] = mapped_column(String(100))
    wikidata: Mapped[str | None] = mapped_column(String(20))
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)  # its file says so
    address_noise: Mapped[dict[str, Any] | None]  # what changes in its addresses at each look
    sections: Mapped[list[Section]] = relationship(back_populates="source")


class Section(Model):
    """One feed, news sitemap or section front, and what is remembered between two looks."""

    __tablename__ = "sections"
    __table_args__ = (Index("uq_sections_source_id_key", "source_id", "key", unique=True),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    url: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    lane: Mapped[str] = mapped_column(Text, index=True)  # the host that is asked, with odd ports
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)  # still in an enabled file
    reading: Mapped[str | None] = mapped_column(String(64))  # hash of what decides what is listed
    last_looked_at: Mapped[datetime | None]  # the last look that read a listing, in part or whole
    last_whole_at: Mapped[datetime | None]  # when the last whole look was asked for
    last_read_at: Mapped[datetime | None]  # and the last whole one that was sent, not only a 304
    baseline_at: Mapped[datetime | None]  # the first look that showed something
    last_started_at: Mapped[datetime | None]  # the last look, whatever came of it
    failures: Mapped[int] = mapped_column(Integer, default=0)  # in a row
    failure_weight: Mapped[float] = mapped_column(Float, default=0.0)  # by kind, for the back-off
    next_visit_at: Mapped[datetime | None] = mapped_column(index=True)
    rhythm: Mapped[dict[str, Any] | None]
    hints: Mapped[dict[str, Any] | None]  # what the publisher asks of the rhythm
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    source: Mapped[Source] = relationship(back_populates="sections")


class Visit(Model):
    """One look at one section, whatever came of it: the coverage ledger."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_section_id_started_at", "section_id", "started_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"))
    planned_at: Mapped[datetime | None]
    started_at: Mapped[datetime] = mapped_column(index=True)
    asked_at: Mapped[datetime | None]  # the earliest moment the answer speaks of
    arrived_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(40))
    http_status: Mapped[int | None]
    size_bytes: Mapped[int] = mapped_column(Integer, default=0)
    conditional: Mapped[bool] = mapped_column(Boolean, default=False)
    entries: Mapped[int | None]  # listed, before our own filters
    left_out: Mapped[dict[str, Any] | None]  # by which filter: how many
    links: Mapped[int] = mapped_column(Integer, default=0)
    new_links: Mapped[int] = mapped_column(Integer, default=0)
    articles_stored: Mapped[int] = mapped_column(Integer, default=0)
    pages_without_article: Mapped[int] = mapped_column(Integer, default=0)
    window_overflow: Mapped[bool] = mapped_column(Boolean, default=False)
    baseline: Mapped[bool] = mapped_column(Boolean, default=False)
    detail: Mapped[str] = mapped_column(Text, default="")


class ListedLink(Model):
    """An address one section listed, and the interval in which it appeared there."""

    __tablename__ = "listed_links"
    __table_args__ = (Index("ix_listed_links_section_id_last", "section_id", "last_listed_at"),)

    url_key: Mapped[str] = mapped_column(Text, primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    headline: Mapped[str | None] = mapped_column(Text)
    guid: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, default=0)
    date_published: Mapped[datetime | None]
    date_published_raw: Mapped[str | None] = mapped_column(Text)
    first_listed_at: Mapped[datetime]
    not_listed_at: Mapped[datetime | None]  # when the whole look before was asked for
    last_listed_at: Mapped[datetime]
    baseline: Mapped[bool] = mapped_column(Boolean, default=False)
    arrival: Mapped[Arrival] = mapped_column(String(10), default="new")
    left_out: Mapped[str | None] = mapped_column(String(20))  # by which filter of ours; None: kept


class Page(Model):
    """A listed address that gave no article yet: walls, videos, errors, or never asked for.

    ``tries`` counts requests that were sent; ``outcome`` and ``tried_at`` are of the last of them.
    """

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_source_id_outcome", "source_id", "outcome", "retry_at"),  # woken together
    )

    url_key: Mapped[str] = mapped_column(Text, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    outcome: Mapped[str] = mapped_column(String(40))
    tries: Mapped[int] = mapped_column(Integer, default=1)
    tried_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]  # None: given up by an earlier release
    detail: Mapped[str] = mapped_column(Text, default="")


class Story(Model):
    """Articles on one subject over days. ``pinned``: an analyst shaped it, nothing merges it.

    A story that turned out to be another's keeps its row and points there. ``shaped_at``: when an
    analyst last moved articles in or out; crawls that are under way look out for it.
    """

    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    merged_into_id: Mapped[int | None] = mapped_column(RowId)
    shaped_at: Mapped[datetime | None] = mapped_column(index=True)


class Article(Model):
    """One article of one source, in its latest good wording."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_source_id_first_seen_at", "source_id", "first_seen_at"),
        Index("ix_articles_source_id_text_hash", "source_id", "text_hash"),
        # Searches walk it newest first; it holds what they filter by, because rows are large.
        Index(
            *("ix_articles_newest", "first_seen_at", "id"),
            *("source_id", "date_published", "in_language"),
        ),
        Index("ix_articles_gone", "gone_at", sqlite_where=_IS_GONE, postgresql_where=_IS_GONE),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))  # within its story
    url: Mapped[str] = mapped_column(Text)
    canonical_url: Mapped[str | None] = mapped_column(Text)
    first_seen_at: Mapped[datetime]
    not_seen_at: Mapped[datetime | None]
    baseline: Mapped[bool] = mapped_column(Boolean, default=False)
    arrival: Mapped[Arrival] = mapped_column(String(10), default="new")
    fetched_at: Mapped[datetime]
    headline: Mapped[str] = mapped_column(Text)
    alternative_headline: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    article_body: Mapped[str] = mapped_column(Text)
    byline: Mapped[str | None] = mapped_column(Text)
    authors: Mapped[list[Any]]
    dateline: Mapped[str | None] = mapped_column(Text)
    wire_credit: Mapped[list[Any]]
    article_section: Mapped[str | None] = mapped_column(Text)
    keywords: Mapped[list[Any]]
    in_language: Mapped[str | None] = mapped_column(String(35))
    images: Mapped[list[Any]]  # objects with url, caption, credit
    is_accessible_for_free: Mapped[bool | None]
    robots_directives: Mapped[list[Any]]
    tdm_reserved: Mapped[bool | None]
    corrections: Mapped[list[Any]]
    date_published: Mapped[datetime | None] = mapped_column(index=True)
    date_published_source: Mapped[str | None] = mapped_column(String(20))
    date_published_precision: Mapped[str | None] = mapped_column(String(10))
    date_published_raw: Mapped[str | None] = mapped_column(Text)
    date_modified: Mapped[datetime | None]
    date_modified_source: Mapped[str | None] = mapped_column(String(20))
    date_modified_precision: Mapped[str | None] = mapped_column(String(10))
    date_modified_raw: Mapped[str | None] = mapped_column(Text)
    date_flags: Mapped[list[Any]]  # future, backdated, stale
    evidence: Mapped[dict[str, Any]]  # field -> where it was read
    cut_fields: Mapped[list[Any]]
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
    page_key: Mapped[str | None] = mapped_column(String(64))  # of the page read by itself
    parser_version: Mapped[str] = mapped_column(String(40))
    copy_group_id: Mapped[int | None] = mapped_column(RowId, index=True)  # its first article's id
    copy_of_id: Mapped[int | None] = mapped_column(RowId)  # the earlier article it repeats
    copy_kind: Mapped[str | None] = mapped_column(String(10))  # copy, contains, update
    copy_score: Mapped[float | None]  # common share of the text, 0 to 1
    story_score: Mapped[float | None]  # likeness to its story when it joined; None: it opened it
    next_check_at: Mapped[datetime | None] = mapped_column(index=True)  # None: no more looks
    last_checked_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]  # the first of the two 404/410 looks it takes
    gone_at: Mapped[datetime | None]
    source: Mapped[Source] = relationship()


#: The roles of ``ArticleUrl.seen_as`` that led us to the page ourselves; the others are its claims.
FOLLOWED = ("listed", "final")


class ArticleUrl(Model):
    """Alias: an address under which an article was seen. One key leads to one article.

    ``text_hash`` is of what was read there at ``confirmed_at``; both are empty for addresses of
    earlier releases. ``check_at``: when it is asked whether it still shows that article.
    """

    __tablename__ = "article_urls"

    url_key: Mapped[str] = mapped_column(Text, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    seen_as: Mapped[str] = mapped_column(String(20))  # listed, final, canonical, other
    first_seen_at: Mapped[datetime]
    text_hash: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None]
    check_at: Mapped[datetime | None]


class Revision(Model):
    """One wording of an article, the first included.

    ``last_seen_at``: the last time it was read, also after a later wording (None: by an earlier
    release). Servers that have not caught up with one another show two wordings in turns.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        Index("uq_revisions_article_id_number", "article_id", "number", unique=True),
        Index("ix_revisions_edits", "article_id", sqlite_where=_IS_EDIT, postgresql_where=_IS_EDIT),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int] = mapped_column(Integer)  # 1 is the first wording seen
    observed_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime | None]
    headline: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    article_body: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10), default="first")  # first, edit, replaced
    headline_changed: Mapped[bool] = mapped_column(Boolean, default=False)
    correction_added: Mapped[bool] = mapped_column(Boolean, default=False)


class CutText(Model):
    """An article whose text is longer than its search index: every search reads it whole."""

    __tablename__ = "cut_texts"

    article_id: Mapped[int] = mapped_column(RowId, ForeignKey("articles.id"), primary_key=True)
