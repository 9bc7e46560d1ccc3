"""The articles of stories without their texts: what a list of stories and a timeline need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Revision, Source
from pipelines.who_first import Sighting

_MOST_IDS = 500  # in one query; databases bound the number of parameters


@dataclass(frozen=True, slots=True)
class StoryMember:
    """One article of a story. ``edits`` counts its later wordings, the trivial ones left out.

    ``repeats`` is the earlier article whose text it has; ``likeness`` to its story when it joined,
    None for the one that opened it.
    """

    article_id: int
    story_id: int
    source: str
    source_name: str
    family: str
    headline: str
    url: str
    language: str
    first_seen_at: datetime
    not_seen_at: datetime | None
    baseline: bool
    claimed_at: datetime | None
    credits: tuple[str, ...]
    copy_group: int | None
    repeats: int | None
    copy_kind: str | None
    copy_share: float | None
    likeness: float | None
    is_free: bool | None
    gone_at: datetime | None
    edits: int = 0
    headline_edits: int = 0
    corrections: int = 0

    @property
    def is_copy(self) -> bool:
        """Whether it brings the text of an earlier article."""
        return self.copy_kind == "copy"

    @property
    def sighting(self) -> Sighting:
        """The same, as the question of who was first takes it."""
        return Sighting(
            source=self.source,
            family=self.family,
            article_id=self.article_id,
            headline=self.headline,
            url=self.url,
            first_seen_at=self.first_seen_at,
            not_seen_at=self.not_seen_at,
            baseline=self.baseline,
            claimed_at=self.claimed_at,
            credits=self.credits,
            copy_group=self.copy_group,
        )


_COLUMNS = (
    Article.id.label("article_id"),
    Article.story_id,
    Source.slug.label("source"),
    Source.name.label("source_name"),
    Source.family,
    Article.headline,
    Article.url,
    func.coalesce(Article.in_language, Source.language).label("language"),
    Article.first_seen_at,
    Article.not_seen_at,
    Article.baseline,
    Article.date_published.label("claimed_at"),
    Article.wire_credit.label("credits"),
    Article.copy_group_id.label("copy_group"),
    Article.copy_of_id.label("repeats"),
    Article.copy_kind,
    Article.copy_score.label("copy_share"),
    Article.story_score.label("likeness"),
    Article.is_accessible_for_free.label("is_free"),
    Article.gone_at,
)


def members_of(
    session: Session, story_ids: Collection[int], *, most: int | None = None
) -> dict[int, list[StoryMember]]:
    """Return the articles of each story, the first seen first; ``most`` bounds them all."""
    found: dict[int, list[StoryMember]] = {story_id: [] for story_id in story_ids}
    ids = sorted(story_ids)
    for start in range(0, len(ids), _MOST_IDS):
        query = (
            select(*_COLUMNS)
            .join(Source, Source.id == Article.source_id)
            .where(Article.story_id.in_(ids[start : start + _MOST_IDS]))
            .limit(most)
        )
        for row in session.execute(query).mappings():
            member = _member(row)
            found[member.story_id].append(member)
    edits = _edits(session, [m.article_id for members in found.values() for m in members])
    return {
        story_id: sorted(
            (replace(m, **edits.get(m.article_id, {})) for m in members),
            key=lambda m: (m.first_seen_at, m.article_id),
        )
        for story_id, members in found.items()
    }


def _member(row: RowMapping) -> StoryMember:
    values: dict[str, Any] = dict(row)
    values["credits"] = tuple(values["credits"] or ())
    return StoryMember(**values)


def _edits(session: Session, article_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    ids = list(article_ids)
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(ids), _MOST_IDS):
        query = (
            select(
                Revision.article_id,
                func.count(),
                func.count().filter(Revision.headline_changed),
                func.count().filter(Revision.correction_added),
            )
            .where(Revision.article_id.in_(ids[start : start + _MOST_IDS]), Revision.number > 1)
            .group_by(Revision.article_id)
        )
        for article_id, edits, headlines, corrections in session.execute(query):
            found[article_id] = {
                "edits": edits,
                "headline_edits": headlines,
                "corrections": corrections,
            }
    return found
