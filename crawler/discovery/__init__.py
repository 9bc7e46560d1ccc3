"""Bytes of a section to ArticleLinks; no network, no Scrapy."""
