"""Which sections bring what somebody waits for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article
from pipelines.storage.watch_models import Alert


def watches_answered(session: Session, since: datetime) -> dict[int, int]:
    """Return for sections, by id, how many watches their articles answered since then.

    The article that raised an alert counts for the section that listed it first.
    """
    query = (
        select(Article.section_id, func.count(Alert.watch_id.distinct()))
        .join(Alert, Alert.article_id == Article.id)
        .where(Alert.raised_at >= since, Article.section_id.is_not(None))
        .group_by(Article.section_id)
    )
    return {int(section): count for section, count in session.execute(query) if section is not None}
