"""HTML of a page to an ArticleItem; no network, no Scrapy."""
