"""Shows on a terminal how far a crawl has come."""

from __future__ import annotations

from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured


class CrawlProgress:
    """Scrapy extension, switched on by SHOW_PROGRESS: one line on standard error.

    Says nothing for spiders that look at no sections (an examination, a single page).
    """

    def __init__(self, crawler: Crawler) -> None:
        # Every crawl imports this file; rich only those that somebody watches.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        self._crawler = crawler
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("sections, new articles: {task.fields[new]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[told]}", style="dim"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("crawl", total=None, new=0, told="")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured unless SHOW_PROGRESS is set and the spider looks at sections."""
        shows = crawler.settings.getbool("SHOW_PROGRESS")
        if not shows or not hasattr(crawler.spidercls, "unfinished_looks"):
            raise NotConfigured
        shown = cls(crawler)
        crawler.signals.connect(shown.opened, signals.spider_opened)
        crawler.signals.connect(shown.moved, signals.response_received)
        crawler.signals.connect(shown.closed, signals.spider_closed)
        return shown

    def opened(self, spider: Any) -> None:
        """Begin."""
        total = sum(len(definition.sections) for definition in spider.definitions)
        self._progress.update(self._task, total=total)
        self._progress.start()

    def moved(self, response: Any, spider: Any) -> None:
        """Show the latest page and the counts so far."""
        stats = self._crawler.stats
        new = stats.get_value("firstseen/stored/new", 0) if stats else 0
        host = response.url.split("/")[2]
        done = len(spider.ended_looks)
        self._progress.update(self._task, completed=done, new=new, told=host[:40])

    def closed(self, spider: Any) -> None:
        """End, and leave the line to what follows."""
        self._progress.stop()
