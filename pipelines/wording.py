"""The columns of one wording of an article, as it was read at one look."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipelines.fingerprint import text_hash
from pipelines.items import ArticleItem, ClaimedDate

_SAME_NAMES = (
    *("url", "canonical_url", "headline", "alternative_headline", "description", "article_body"),
    *("byline", "authors", "dateline", "wire_credit", "article_section", "keywords"),
    *("in_language", "is_accessible_for_free", "robots_directives", "tdm_reserved", "corrections"),
    *("evidence", "cut_fields", "parser_version", "page_key"),
)


def wording(item: ArticleItem) -> dict[str, Any]:
    """Return the columns that describe the article as it was read now."""
    return {
        **{name: getattr(item, name) for name in _SAME_NAMES},
        **_date_columns("date_published", item.date_published),
        **_date_columns("date_modified", item.date_modified),
        "images": [asdict(image) for image in item.images],
        "fetched_at": known_time(item.fetched_at, item),
        "text_hash": text_hash(item.article_body),
    }


def _date_columns(name: str, date: ClaimedDate | None) -> dict[str, Any]:
    return {
        name: date.at if date else None,
        f"{name}_source": date.source if date else None,
        f"{name}_precision": date.precision if date else None,
        f"{name}_raw": date.raw[:200] if date else None,
    }


def known_time(at: datetime | None, item: ArticleItem) -> datetime:
    """Return a time the spider must have set. Raises ValueError when it did not."""
    if at is None:
        raise ValueError(f"an article needs its times: {item.url}")
    return at
