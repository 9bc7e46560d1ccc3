"""Keeps the database small: what no question needs any more is forgotten, a little at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import gettempdir

from crawler.middlewares.rendering_folders import remove_abandoned
from pipelines.storage.conduct import prune_conduct
from pipelines.storage.copies import prune_anchors
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.held_pages import prune_held
from pipelines.storage.site_words import TOGETHER, prune_pieces

logger = logging.getLogger(__name__)

#: Publishers ask about last week or last month, hardly about last year.
CONDUCT_KEPT = timedelta(days=400)
# A clock that leapt ahead would make everything look old: no more than this goes at once.
_MOST_AT_ONCE = 5_000


def upkeep(url: str, now: datetime) -> None:
    """Forget what is too old to be asked for: anchors, counts, held pages, browsers' homes."""
    if folders := remove_abandoned(Path(gettempdir())):
        logger.info("removed browser_folders=%d", folders)
    engine = open_engine(url, hurried=True)
    try:
        with session_factory(engine).begin() as session:
            texts = prune_anchors(session, now, most=_MOST_AT_ONCE)
        with session_factory(engine).begin() as session:
            hours = prune_conduct(session, before=now - CONDUCT_KEPT)
            prune_held(session, now)
            prune_pieces(session, before=now - 2 * TOGETHER)
    finally:
        engine.dispose()
    if texts or hours:
        logger.info("forgotten fingerprints=%d request_hours=%d", texts, hours)
