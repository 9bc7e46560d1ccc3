"""The daemon's log has one line per unit of work: Scrapy's lists for every batch stay out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.config import dictConfig

import pytest
from scrapy.utils.log import DEFAULT_LOGGING

from crawler.commands import crawl

NAME = "scrapy.middleware"


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    for name in (*crawl._CHATTY, "scrapy.core.engine"):
        logging.getLogger(name).removeFilter(crawl.is_error)


@pytest.mark.usefixtures("restored")
def test_scrapy_does_not_undo_it_when_it_starts(caplog: pytest.LogCaptureFixture) -> None:
    crawl.quiet("scrapy.core.engine")
    dictConfig(DEFAULT_LOGGING)  # as Scrapy does
    caplog.set_level(logging.DEBUG, logger=NAME)

    logging.getLogger(NAME).warning("Disabled a part")
    logging.getLogger("scrapy.core.engine").info("Spider opened")
    logging.getLogger(NAME).error("a part is broken")

    assert [record.getMessage() for record in caplog.records] == ["a part is broken"]
