"""Scrapy downloader middlewares for politeness and safety."""
