"""What was edited in an article over all its wordings, as the watch language asks for it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.revisions import diff_words
from pipelines.storage.models import Revision


def edits_of(session: Session, article_id: int) -> dict[str, Any]:
    """Return ``removed``, ``added``, ``headline_before`` and ``headline_after``; empty: no edit."""
    query = (
        select(Revision)
        .where(Revision.article_id == article_id, Revision.kind != "replaced")
        .order_by(Revision.number)
    )
    removed: list[str] = []
    added: list[str] = []
    headlines: dict[str, list[str]] = {}
    for old, new in pairwise(session.scalars(query).all()):
        for span in diff_words(old.article_body, new.article_body):
            if span.kind != "same":
                (removed if span.kind == "removed" else added).append(span.text)
        if new.headline_changed:
            headlines.setdefault("headline_before", []).append(old.headline)
            headlines.setdefault("headline_after", []).append(new.headline)
    return {"removed": removed, "added": added, **headlines}
