"""Articles just read as schema.org records, for Scrapy's feed exports."""

from __future__ import annotations

from typing import Any

from pipelines.export.schema_org import image_object, iso_time, news_article
from pipelines.items import ArticleItem, ClaimedDate


def item_record(item: ArticleItem) -> dict[str, Any]:
    """Return an item as a schema.org NewsArticle with our observations beside it."""
    return news_article(
        item,
        publisher={"@type": "NewsMediaOrganization", "id": item.source},
        section=item.section,
        image=[image_object(i.url, i.caption, i.credit) for i in item.images],
        **_date("datePublished", item.date_published),
        **_date("dateModified", item.date_modified),
    )


def _date(name: str, claimed: ClaimedDate | None) -> dict[str, Any]:
    if claimed is None:
        return {}
    return {
        name: iso_time(claimed.at),
        f"{name}Source": claimed.source,
        f"{name}Precision": claimed.precision,
    }
