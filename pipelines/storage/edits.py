"""What was edited in an article over all its wordings, as the watch language asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.revisions import diff_words
from pipelines.storage.models import Article, Revision


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


@dataclass(frozen=True, slots=True)
class Change:
    """How the newest wording of an article differs from the good one before it."""

    number: int
    before: dict[str, str | None]  # the texts of the wording before
    context: dict[str, Any]
    correction: bool

    @property
    def headline(self) -> bool:
        """Whether the headline is another one."""
        return "headline_after" in self.context


def latest_change(session: Session, article: Article) -> Change | None:
    """Return how the newest revision differs from the good wording before it; None: it does not."""
    query = (
        select(Revision)
        .where(Revision.article_id == article.id, Revision.kind != "replaced")
        .order_by(Revision.number.desc())
        .limit(2)
    )
    rows = session.scalars(query).all()
    if len(rows) < 2:
        return None
    new, old = rows
    spans = diff_words(old.article_body, new.article_body)
    context: dict[str, Any] = {
        "removed": [span.text for span in spans if span.kind == "removed"],
        "added": [span.text for span in spans if span.kind == "added"],
    }
    if new.headline_changed:
        context |= {"headline_before": old.headline, "headline_after": new.headline}
    before = {
        "headline": old.headline,
        "description": old.description,
        "article_body": old.article_body,
    }
    return Change(new.number, before, context, new.correction_added)
