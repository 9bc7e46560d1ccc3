"""Stored rows as the API's records: schema.org's names, our observations beside them."""

from __future__ import annotations

from typing import Any

from pipelines.export.schema_org import iso_time
from pipelines.export.tables import schema_org
from pipelines.storage.models import Article, Revision, Source
from pipelines.storage.story_list import StoryLine
from pipelines.storage.story_members import StoryMember
from pipelines.who_first import Placing

_LONG = ("articleBody", "evidence")  # left out of lists


def article_record(article: Article, source: Source, *, whole: bool) -> dict[str, Any]:
    """Return an article; without its text and evidence unless ``whole``."""
    record = schema_org(article, source)
    if not whole:
        for name in _LONG:
            record.pop(name, None)
    record["story"] = article.story_id
    if article.copy_of_id is not None:
        record["copyOf"] = {
            "article": article.copy_of_id,
            "kind": article.copy_kind,
            "commonShare": article.copy_score,
        }
    return record


def revision_record(revision: Revision, *, whole: bool) -> dict[str, Any]:
    """Return a wording; with its text where ``whole``."""
    record: dict[str, Any] = {
        "article": revision.article_id,
        "number": revision.number,
        "kind": revision.kind,
        "observedAt": iso_time(revision.observed_at),
        "lastSeenAt": iso_time(revision.last_seen_at),
        "headline": revision.headline,
        "headlineChanged": revision.headline_changed,
        "correctionAdded": revision.correction_added,
    }
    if whole:
        record |= {"description": revision.description, "articleBody": revision.article_body}
    return record


def story_record(line: StoryLine) -> dict[str, Any]:
    """Return a story without its articles."""
    report = line.who_first
    return {
        "id": line.story_id,
        "title": line.title,
        "firstSeenAt": iso_time(line.first_seen_at),
        "lastSeenAt": iso_time(line.last_seen_at),
        "articles": len(line.members),
        "copies": len(line.copies),
        "revisions": line.edits,
        "independentPublishers": report.independent,
        "agencies": list(report.agencies),
        "whoFirst": {
            "decided": report.decided,
            "first": list(report.first),
            "order": [_placing_record(placing) for placing in report.placings],
        },
        "pinned": line.pinned,
    }


def _placing_record(placing: Placing) -> dict[str, Any]:
    seen = placing.sighting
    return {
        "rank": placing.rank,
        "source": seen.source,
        "article": seen.article_id,
        "firstSeenAt": iso_time(seen.first_seen_at),
        "notSeenAt": iso_time(seen.not_seen_at),
        "doubtSeconds": placing.doubt.total_seconds() if placing.doubt else None,
        "undecidableWith": list(placing.undecidable),
        "copies": list(placing.copies),
        "furtherArticles": placing.more_articles,
    }


def member_record(member: StoryMember) -> dict[str, Any]:
    """Return an article of a story as its timeline shows it."""
    return {
        "id": member.article_id,
        "source": member.source,
        "sourceName": member.source_name,
        "headline": member.headline,
        "url": member.url,
        "inLanguage": member.language,
        "firstSeenAt": iso_time(member.first_seen_at),
        "notSeenAt": iso_time(member.not_seen_at),
        "baseline": member.baseline,
        "datePublished": iso_time(member.claimed_at),
        "wireCredit": list(member.credits),
        "copyOf": member.repeats,
        "copyKind": member.copy_kind,
        "commonShare": member.copy_share,
        "likeness": member.likeness,
        "revisions": member.edits,
        "goneAt": iso_time(member.gone_at),
    }
