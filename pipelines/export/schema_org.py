"""A NewsArticle record in schema.org's names, from a stored article or one just read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class Readable(Protocol):
    """What a stored article and a read one have in common."""

    url: Any
    headline: Any
    alternative_headline: Any
    description: Any
    article_body: Any
    article_section: Any
    authors: Any
    byline: Any
    dateline: Any
    wire_credit: Any
    in_language: Any
    keywords: Any
    is_accessible_for_free: Any
    corrections: Any
    canonical_url: Any
    first_seen_at: Any
    not_seen_at: Any
    baseline: Any
    fetched_at: Any
    evidence: Any


def iso_time(at: datetime | None) -> str | None:
    """Return an ISO 8601 time in UTC, to the microsecond only where there is one."""
    if at is None:
        return None
    return at.isoformat(timespec="auto").replace("+00:00", "Z")


def news_article(article: Readable, **more: Any) -> dict[str, Any]:
    """Return a record without empty values; ``more`` adds or overrides keys."""
    record = {
        "@type": "NewsArticle",
        "url": article.url,
        "headline": article.headline,
        "alternativeHeadline": article.alternative_headline,
        "description": article.description,
        "articleBody": article.article_body,
        "articleSection": article.article_section,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "byline": article.byline,
        "dateline": article.dateline,
        "wireCredit": article.wire_credit,
        "inLanguage": article.in_language,
        "keywords": article.keywords,
        "isAccessibleForFree": article.is_accessible_for_free,
        "correction": article.corrections,
        "mainEntityOfPage": article.canonical_url,
        "firstSeenAt": iso_time(article.first_seen_at),
        "notSeenAt": iso_time(article.not_seen_at),
        "baseline": article.baseline,
        "fetchedAt": iso_time(article.fetched_at),
        "evidence": article.evidence,
        **more,
    }
    return {key: value for key, value in record.items() if value not in (None, [], {})}


def image_object(url: str, caption: str | None, credit: str | None) -> dict[str, Any]:
    """Return a schema.org ImageObject."""
    return {"@type": "ImageObject", "url": url, "caption": caption, "creditText": credit}
