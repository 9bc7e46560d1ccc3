"""Articles as records: schema.org names for JSON, flat columns for CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipelines.export.schema_org import image_object, iso_time, news_article
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, iter_found

CSV_COLUMNS = (
    *("id", "source", "section", "headline", "first_seen_at", "not_seen_at", "baseline"),
    *("date_published", "date_published_source", "date_published_precision", "date_modified"),
    *("byline", "authors", "wire_credit", "dateline", "article_section", "in_language"),
    *("url", "canonical_url", "description", "article_body", "image_url", "image_caption"),
    *("image_credit", "is_accessible_for_free", "gone_at"),
)


def iter_articles(session: Session, query: SearchQuery) -> Iterator[tuple[Article, Source]]:
    """Yield the articles a query means without holding them all in memory."""
    for article, source in iter_found(session, query):
        yield article, source
        session.expunge(article)


def schema_org(article: Article, source: Source) -> dict[str, Any]:
    """Return a stored article as a schema.org NewsArticle with our observations beside it."""
    return news_article(
        article,
        id=article.id,
        publisher={"@type": "NewsMediaOrganization", "name": source.name, "id": source.slug},
        image=[image_object(i["url"], i["caption"], i["credit"]) for i in article.images],
        datePublished=iso_time(article.date_published),
        datePublishedSource=article.date_published_source,
        datePublishedPrecision=article.date_published_precision,
        dateModified=iso_time(article.date_modified),
        dateFlags=article.date_flags,
        goneAt=iso_time(article.gone_at),
    )


def csv_row(article: Article, source: Source, section: str | None) -> dict[str, Any]:
    """Return an article as flat values by CSV_COLUMNS; lists are joined with "; "."""
    image = article.images[0] if article.images else {}
    values = {name: getattr(article, name, None) for name in CSV_COLUMNS} | {
        "source": source.slug,
        "section": section,
        "authors": "; ".join(article.authors),
        "wire_credit": "; ".join(article.wire_credit),
        "image_url": image.get("url"),
        "image_caption": image.get("caption"),
        "image_credit": image.get("credit"),
    }
    return {k: iso_time(v) if isinstance(v, datetime) else v for k, v in values.items()}
