"""The articles of stories without their texts: what a list of stories and a timeline need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Revision, Source
from pipelines.who_first import Sighting

_MOST_IDS = 500  # in one query; databases bound the number of parameters


@dataclass(frozen=True, slots=True)
class StoryMember:
    """One article of a story. ``edits`` counts its later wordings, the trivial ones left out.

    ``repeats`` is the earlier article whose text it has. ``url``, ``claimed_at``
    and ``likeness`` to its story when it joined are left empty where a list does without them.
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


# A list of stories does without what stands behind the text in a row, as far as it can.
_CARD = (
    *(Article.id, Article.story_id, Article.source_id, Article.headline, Article.in_language),
    *(Article.first_seen_at, Article.not_seen_at, Article.baseline, Article.wire_credit),
    *(Article.copy_group_id, Article.copy_of_id, Article.copy_kind, Article.copy_score),
    *(Article.is_accessible_for_free, Article.gone_at),
)
_WHOLE = (*_CARD, Article.url, Article.date_published, Article.story_score)


def members_of(
    session: Session, story_ids: Collection[int], *, whole: bool = True
) -> dict[int, list[StoryMember]]:
    """Return the articles of each story, the first seen first.

    ``whole``: with addresses, claimed times and likeness, for which each article's row is read.
    """
    found: dict[int, list[StoryMember]] = {story_id: [] for story_id in story_ids}
    rows = list(_rows(session, sorted(story_ids), whole=whole))
    sources = _sources(session, {row[2] for row in rows})
    edits = _edits(session, [row[0] for row in rows])
    for row in rows:
        member = _member(row, sources[row[2]], edits.get(row[0], _NO_EDITS))
        found[member.story_id].append(member)
    for members in found.values():
        members.sort(key=lambda m: (m.first_seen_at, m.article_id))
    return found


def _rows(session: Session, ids: Sequence[int], *, whole: bool) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(ids), _MOST_IDS):
        query = select(*(_WHOLE if whole else _CARD))
        part = query.where(Article.story_id.in_(ids[start : start + _MOST_IDS]))
        yield from map(tuple, session.execute(part))


def _sources(session: Session, ids: Collection[int]) -> dict[int, Source]:
    return {row.id: row for row in session.scalars(select(Source).where(Source.id.in_(ids)))}


_NO_EDITS = (0, 0, 0)


def _member(row: tuple[Any, ...], source: Source, edits: tuple[int, int, int]) -> StoryMember:
    # The last three are missing where a list does without them.
    url, claimed_at, likeness = row[len(_CARD) :] or ("", None, None)
    article_id, story_id, _, headline, language, first_seen_at, not_seen_at, baseline = row[:8]
    credit, copy_group, repeats, kind, share, is_free, gone_at = row[8 : len(_CARD)]
    return StoryMember(
        article_id=article_id,
        story_id=story_id,
        source=source.slug,
        source_name=source.name,
        family=source.family,
        headline=headline,
        url=url,
        language=language or source.language,
        first_seen_at=first_seen_at,
        not_seen_at=not_seen_at,
        baseline=baseline,
        claimed_at=claimed_at,
        credits=tuple(credit or ()),
        copy_group=copy_group,
        repeats=repeats,
        copy_kind=kind,
        copy_share=share,
        likeness=likeness,
        is_free=is_free,
        gone_at=gone_at,
        edits=edits[0],
        headline_edits=edits[1],
        corrections=edits[2],
    )


def _edits(session: Session, article_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    ids = list(article_ids)
    found: dict[int, tuple[int, int, int]] = {}
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
            found[article_id] = edits, headlines, corrections
    return found
