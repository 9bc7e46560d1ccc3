"""A small news web of fictional outlets on loopback: for the demonstration and for tests."""

from crawler.demo.newsroom import PublishedArticle
from crawler.demo.server import Fault, SeenRequest
from crawler.demo.web import DemoOutlet, DemoWeb

__all__ = ["DemoOutlet", "DemoWeb", "Fault", "PublishedArticle", "SeenRequest"]
