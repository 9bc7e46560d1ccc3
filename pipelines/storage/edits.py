"""What was edited in an article over all its wordings, as the watch language asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.revisions import Wording, diff_words
from pipelines.site_words import SiteWords
from pipelines.storage.models import Article, Revision
from pipelines.storage.site_words import site_words_of


def edits_of(session: Session, article_id: int) -> dict[str, Any]:
    """Return ``removed``, ``added``, ``headline_before`` and ``headline_after``; empty: no edit."""
    query = (
        select(Revision)
        .where(Revision.article_id == article_id, Revision.kind != "replaced")
        .order_by(Revision.number)
    )
    site = _site_words(session, article_id)
    removed: list[str] = []
    added: list[str] = []
    headlines: dict[str, list[str]] = {}
    for old, new in pairwise(session.scalars(query).all()):
        for span in diff_words(site.body(old.article_body), site.body(new.article_body)):
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
    before: dict[str, str | None]  # the texts of the wording before, and of the new one,
    after: dict[str, str | None]  # both without what the site puts on all of them
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
    site = site_words_of(session, article.source_id)
    was, is_now = (site.without(Wording(row.headline, row.article_body, ())) for row in (old, new))
    spans = diff_words(was.body, is_now.body)
    context: dict[str, Any] = {
        "removed": [span.text for span in spans if span.kind == "removed"],
        "added": [span.text for span in spans if span.kind == "added"],
    }
    if new.headline_changed:
        context |= {"headline_before": old.headline, "headline_after": new.headline}
    return Change(new.number, _texts(old, was), _texts(new, is_now), context, new.correction_added)


def _texts(row: Revision, wording: Wording) -> dict[str, str | None]:
    return {
        "headline": wording.headline,
        "description": row.description,
        "article_body": wording.body,
    }


def _site_words(session: Session, article_id: int) -> SiteWords:
    source = session.scalar(select(Article.source_id).where(Article.id == article_id))
    return site_words_of(session, source) if source is not None else SiteWords(())
