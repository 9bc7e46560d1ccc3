"""The progress line is for crawls of sections, and stays away from everything else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Spider
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from crawler.extensions.progress import CrawlProgress
from crawler.spiders.examination import ExaminationSpider
from crawler.spiders.hubs import HubSpider
from crawler.spiders.news import NewsSpider
from crawler.spiders.page import PageSpider


def crawler_of(spider: type[Spider], *, shown: bool = True) -> Any:
    settings = Settings({"SHOW_PROGRESS": shown})
    return SimpleNamespace(settings=settings, spidercls=spider, signals=SignalManager(), stats=None)


@pytest.mark.parametrize("spider", [ExaminationSpider, PageSpider, HubSpider])
def test_spiders_that_look_at_no_sections_show_none(spider: type[Spider]) -> None:
    with pytest.raises(NotConfigured):
        CrawlProgress.from_crawler(crawler_of(spider))


def test_a_crawl_shows_it_where_somebody_watches() -> None:
    assert CrawlProgress.from_crawler(crawler_of(NewsSpider))
    with pytest.raises(NotConfigured):
        CrawlProgress.from_crawler(crawler_of(NewsSpider, shown=False))
