"""Scrapy feed exporters with schema.org names: `scrapy crawl news -O out.jsonl`."""

from __future__ import annotations

from typing import Any

from scrapy.exporters import JsonItemExporter, JsonLinesItemExporter

from pipelines.export.items import item_record


class SchemaOrgLinesExporter(JsonLinesItemExporter):
    """JSON Lines, one NewsArticle per line."""

    def export_item(self, item: Any) -> None:
        """Write one article."""
        super().export_item(item_record(item))


class SchemaOrgExporter(JsonItemExporter):
    """One JSON array of NewsArticles."""

    def export_item(self, item: Any) -> None:
        """Write one article."""
        super().export_item(item_record(item))
