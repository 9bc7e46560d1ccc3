"""Keeps article text out of the log: Scrapy would print every item it scrapes or drops."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from pipelines.looks import LedgerError


def _is_news(record: logging.LogRecord) -> bool:
    """Let a record pass unless it says once more that our own database is lost."""
    return not (record.exc_info and isinstance(record.exc_info[1], LedgerError))


# A callback that meets a lost database ends there, as it should; Scrapy would show every trace.
for _name in ("scrapy.core.scraper", "scrapy.core.engine"):
    logging.getLogger(_name).addFilter(_is_news)


class QuietLogFormatter(LogFormatter):
    """Scrapy's log lines with the item's address in the item's place."""

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return one line with the address."""
        url = getattr(item, "url", None)
        return {"level": logging.DEBUG, "msg": "read url=%(url)s", "args": {"url": url}}

    def dropped(
        self, item: Any, exception: BaseException, response: Any, spider: Spider
    ) -> LogFormatterResult:
        """Return one line with the reason."""
        return {
            "level": logging.INFO,
            "msg": "dropped reason=%(reason)s url=%(url)s",
            "args": {"reason": exception, "url": getattr(item, "url", None)},
        }

    def item_error(
        self, item: Any, exception: BaseException, response: Any, spider: Spider
    ) -> LogFormatterResult:
        """Return one line with the kind of the error: its text may quote the statement."""
        return {
            "level": logging.ERROR,
            "msg": "not stored error=%(error)s url=%(url)s",
            "args": {"error": type(exception).__name__, "url": getattr(item, "url", None)},
        }
