"""Tells the operator, once a day, that a source's articles have moved to new addresses."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.address_noise import differing
from pipelines.items import ArticleItem
from pipelines.storage.history_models import SourceChange
from pipelines.storage.models import Article
from pipelines.storage.source_history import change_of
from pipelines.url_key import url_key

logger = logging.getLogger(__name__)

_TOLD_AGAIN_AFTER = timedelta(days=1)


def note_relaunch(session: Session, article: Article, item: ArticleItem, at: datetime) -> None:
    """Note in the source's history that an article it had came under a new address.

    Once a day and source. An address that differs in a token alone is no new one.
    """
    if differing(url_key(article.url), url_key(item.url)):
        return
    told = select(SourceChange.id).where(
        SourceChange.source_id == article.source_id,
        SourceChange.kind == "relaunch",
        SourceChange.at > at - _TOLD_AGAIN_AFTER,
    )
    if session.scalar(told.limit(1)) is not None:
        return
    session.add(change_of(article.source, "relaunch", article.url, item.url, at))
    logger.info("relaunch source=%s was=%s url=%s", item.source, article.url, item.url)
