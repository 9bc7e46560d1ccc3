"""Indexes by which the analysts' SQL views are quick. The views themselves stand in migrations."""

from __future__ import annotations

from sqlalchemy import Index, text

from pipelines.storage.models import Article, Model, Revision

__all__ = ["Model"]

# Who had a story first, each source by its earliest article: one look-up, and no large row read.
Index("ix_articles_story_source_seen", Article.story_id, Article.source_id, Article.first_seen_at)
# Most wordings are first ones; the edits of a week are found without reading those.
_IS_LATER = text("number > 1")
Index(
    *("ix_revisions_later", Revision.observed_at),
    sqlite_where=_IS_LATER,
    postgresql_where=_IS_LATER,
)
