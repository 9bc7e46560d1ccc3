"""Holds the daemon back while our own database cannot be written, and looks again once it can."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from crawler.batch import BatchReport
from crawler.catalogue import SourceDefinition
from crawler.schedule.batches import Claims
from pipelines.storage.faults import is_fatal, told_in_one_line

logger = logging.getLogger(__name__)

# Publishers are not asked again for what we could not keep, until something can be kept. A little
# space may be gone with the first article, so the pauses grow.
_FIRST_PAUSE, _LONGEST_PAUSE = 10.0, 300.0


class OwnDatabase:
    """What came of the last tries to write. Used by one thread at a time."""

    def __init__(self, claims: Claims, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._claims, self._monotonic = claims, monotonic
        self._refused_since: datetime | None = None
        self._pause = _FIRST_PAUSE
        self._not_before = 0.0

    def saw(self, report: BatchReport) -> None:
        """Take note of a batch: whether all that it found was kept."""
        if report.failure is None and not report.stored("failed"):
            if self._refused_since is None:
                self._pause = _FIRST_PAUSE
            return
        if report.failure is not None:
            starts = [ended.look.started_at for ended in report.looks]
            self.failed(report.failure, min(starts, default=None))

    def failed(self, error: Exception, since: datetime | None = None) -> bool:
        """Take note of an error; tell in one line, and once, when it is the database's."""
        if not is_fatal(error):
            return False
        if self._refused_since is None:
            told = told_in_one_line(error)
            logger.error("nothing is looked at until the database can be written: %s", told)
            self._not_before = self._monotonic() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            self._refused_since = self._claims.now()
        if since is not None:
            self._refused_since = min(self._refused_since, since)
        return True

    def claimed(self, claim: Callable[[], list[SourceDefinition]]) -> list[SourceDefinition]:
        """Return what ``claim`` claims for a batch; nothing while nothing can be written."""
        if not self._is_ready():
            return []
        try:
            return claim()
        except Exception as error:
            if not self.failed(error):
                raise
            return []

    def _is_ready(self) -> bool:
        if self._refused_since is None:
            return True
        if self._monotonic() < self._not_before:
            return False
        try:
            self._claims.try_to_write()
            again = self._claims.look_again(self._refused_since, also_answered=True)
        except Exception as error:
            if not is_fatal(error):
                raise
            self._not_before = self._monotonic() + _FIRST_PAUSE
            return False
        self._refused_since = None
        logger.info("the database can be written again, looking again sections=%d", again)
        return True
