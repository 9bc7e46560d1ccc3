"""The columns of every table that can be exported, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Noun = Literal["articles", "stories", "revisions", "visits"]
ColumnKind = Literal["text", "integer", "number", "truth", "time", "texts", "integers"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``meaning`` is told in the documentation and inside Parquet files."""

    name: str
    kind: ColumnKind
    meaning: str


def _columns(*given: tuple[str, ColumnKind, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, meaning) for name, kind, meaning in given)


ARTICLES = _columns(
    ("id", "integer", "number of the article in this archive"),
    ("source", "text", "slug of the publisher"),
    ("section", "text", "key of the section that listed it first"),
    ("headline", "text", "latest wording, as are all texts here"),
    ("first_seen_at", "time", "the look that first listed it"),
    ("not_seen_at", "time", "the completed look before, which did not list it; empty: none"),
    ("baseline", "truth", "listed at the section's first look: may be much older"),
    ("date_published", "time", "as the publisher states it"),
    ("date_published_source", "text", "where it was read: json-ld, meta, visible, feed, ..."),
    ("date_published_precision", "text", "second, minute or day"),
    ("date_modified", "time", "as the publisher states it"),
    ("byline", "text", "as printed"),
    ("authors", "texts", "people named as authors"),
    ("wire_credit", "texts", "agencies credited"),
    ("dateline", "text", "place, as printed"),
    ("article_section", "text", "the publisher's own name of the section"),
    ("in_language", "text", "BCP 47 tag"),
    ("url", "text", "address the article was read from"),
    ("canonical_url", "text", "address the page claims for itself"),
    ("description", "text", "teaser or standfirst"),
    ("article_body", "text", "paragraphs, one line each"),
    ("image_url", "text", "address of the lead picture"),
    ("image_caption", "text", "its caption"),
    ("image_credit", "text", "its credit"),
    ("is_accessible_for_free", "truth", "as the publisher states it; empty: not stated"),
    ("gone_at", "time", "when the page was found to be removed"),
    ("alternative_headline", "text", "second headline"),
    ("keywords", "texts", "as the publisher states them"),
    ("corrections", "texts", "corrections and editor's notes printed on the page"),
    ("date_flags", "texts", "what is odd about the stated dates: future, backdated, stale"),
    ("fetched_at", "time", "when the page was read"),
    ("story_id", "integer", "the story it belongs to"),
    ("copy_of_id", "integer", "the earlier article whose text it repeats"),
    ("copy_kind", "text", "copy, contains or update"),
    ("copy_score", "number", "common share of the two texts, 0 to 1"),
    ("robots_directives", "texts", "what the page asks of programs: noarchive, noai, ..."),
    ("tdm_reserved", "truth", "text and data mining is reserved; empty: not stated"),
    ("cut_fields", "texts", "fields that were shortened; `page`: it was not shown whole"),
    ("parser_version", "text", "the version of reading that read it"),
)

STORIES = _columns(
    ("id", "integer", "number of the story in this archive"),
    ("title", "text", "headline of its first article, or what an analyst named it"),
    ("first_seen_at", "time", "when its first article was first seen"),
    ("last_seen_at", "time", "when its latest article was first seen"),
    ("articles", "integer", "how many articles"),
    ("copies", "integer", "how many of them repeat another's text"),
    ("revisions", "integer", "how many later wordings of its articles"),
    ("publishers", "integer", "independent publishers: houses with a text of their own"),
    ("first_sources", "texts", "who had it first; several: their intervals overlap"),
    ("first_decided", "truth", "one source was certainly before all others"),
    ("sources", "texts", "all its sources, in the order in which they were seen with it"),
    ("agencies", "texts", "agencies credited"),
    ("article_ids", "integers", "its articles, the first seen first"),
    ("baseline", "truth", "nothing but articles that were there before we looked"),
    ("pinned", "truth", "shaped by an analyst"),
)

REVISIONS = _columns(
    ("id", "integer", "number of the revision in this archive"),
    ("article_id", "integer", "the article it is a wording of"),
    ("number", "integer", "1 is the first wording seen"),
    ("source", "text", "slug of the publisher"),
    ("url", "text", "address of the article"),
    ("story_id", "integer", "the story the article belongs to"),
    ("observed_at", "time", "when this wording was first read"),
    ("last_seen_at", "time", "when it was last read"),
    ("kind", "text", "first, edit or replaced"),
    ("headline_changed", "truth", "the headline differs from the wording before"),
    ("correction_added", "truth", "a correction was added"),
    ("headline", "text", "in this wording"),
    ("description", "text", "in this wording"),
    ("article_body", "text", "in this wording"),
    ("text_hash", "text", "equal for equal wordings"),
)

VISITS = _columns(
    ("id", "integer", "number of the visit in this archive"),
    ("source", "text", "slug of the publisher"),
    ("section", "text", "key of the section that was looked at"),
    ("section_url", "text", "address of the section"),
    ("planned_at", "time", "when it was due"),
    ("started_at", "time", "when it was asked"),
    ("arrived_at", "time", "when the answer was there"),
    ("outcome", "text", "ok and unchanged are completed looks; all others could see nothing"),
    ("http_status", "integer", "status of the answer"),
    ("size_bytes", "integer", "bytes on the wire"),
    ("conditional", "truth", "asked with the validators of the last answer"),
    ("links", "integer", "articles listed"),
    ("new_links", "integer", "of these, not listed before"),
    ("articles_stored", "integer", "new articles stored"),
    ("pages_without_article", "integer", "pages that gave no article"),
    ("window_overflow", "truth", "all listed were new: some may have passed unseen"),
    ("baseline", "truth", "the section's first completed look"),
    ("detail", "text", "what went wrong"),
)

#: What can be exported, by the word of the command line.
TABLES: Mapping[Noun, tuple[Column, ...]] = {
    "articles": ARTICLES,
    "stories": STORIES,
    "revisions": REVISIONS,
    "visits": VISITS,
}
