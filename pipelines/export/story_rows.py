"""Stories as rows: who had them first, and who else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pipelines.export.article_rows import iter_articles, storable_value, texts
from pipelines.export.asked import Asked
from pipelines.storage.models import Article, Revision, Source, Story
from pipelines.who_first import Sighting, who_was_first

_AT_ONCE = 400  # stories whose articles are read with one statement


def story_rows(session: Session, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield the stories that articles of the query belong to, newest first."""
    if asked.judges_texts:
        found = _stories_of_articles(session, asked)
    else:
        statement = story_statement(asked).execution_options(yield_per=_AT_ONCE)
        found = iter(session.scalars(statement))
    while ids := list(islice(found, _AT_ONCE)):
        yield from _rows(session, ids)


def story_statement(asked: Asked) -> Select[int]:
    """Return the statement for the ids of the stories of a query without words."""
    query = asked.query
    joined = select(Article.id).where(Article.story_id == Story.id)
    if query.since:
        joined = joined.where(Article.first_seen_at >= query.since)
    if query.until:
        joined = joined.where(Article.first_seen_at < query.until)
    if query.sources:
        wanted = select(Source.id).where(Source.slug.in_(query.sources))
        joined = joined.where(Article.source_id.in_(wanted))
    return (
        select(Story.id)
        .where(joined.exists())
        .order_by(Story.first_seen_at.desc(), Story.id.desc())
    )


def _stories_of_articles(session: Session, asked: Asked) -> Iterator[int]:
    told: set[int] = set()
    for article, _ in iter_articles(session, asked.query, asked.sections):
        if article.story_id is not None and article.story_id not in told:
            told.add(article.story_id)
            yield article.story_id


def _rows(session: Session, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    stories = {
        row.id: row
        for row in session.execute(
            select(
                *(Story.id, Story.title, Story.first_seen_at, Story.last_seen_at, Story.pinned)
            ).where(Story.id.in_(ids))
        )
    }
    sightings = _sightings(session, ids)
    revised = _revised(session, ids)
    for story_id in ids:
        story, seen = stories[story_id], sightings[story_id]
        report = who_was_first(one for one, _ in seen)
        yield {
            "id": story_id,
            "title": storable_value(story.title),
            "first_seen_at": story.first_seen_at,
            "last_seen_at": story.last_seen_at,
            "articles": len(seen),
            "copies": sum(is_copy for _, is_copy in seen),
            "revisions": revised.get(story_id, 0),
            "publishers": report.independent,
            "first_sources": list(report.first),
            "first_decided": report.decided,
            "sources": [placing.sighting.source for placing in report.placings],
            "agencies": texts(report.agencies),
            "article_ids": [one.article_id for one, _ in seen],
            "baseline": all(one.baseline for one, _ in seen),
            "pinned": story.pinned,
        }


def _sightings(session: Session, ids: Iterable[int]) -> dict[int, list[tuple[Sighting, bool]]]:
    """Return the articles of stories without their texts, and whether each is a copy."""
    found: dict[int, list[tuple[Sighting, bool]]] = {story_id: [] for story_id in ids}
    columns = (
        *(Article.story_id, Source.slug, Source.family, Article.id, Article.first_seen_at),
        *(Article.not_seen_at, Article.baseline, Article.wire_credit, Article.copy_group_id),
        Article.copy_kind,
    )
    query = select(*columns).join(Source, Source.id == Article.source_id)
    query = query.where(Article.story_id.in_(list(found)))
    for row in session.execute(query.order_by(Article.first_seen_at, Article.id)):
        seen = Sighting(
            source=row.slug,
            family=row.family,
            article_id=row.id,
            headline="",
            url="",
            first_seen_at=row.first_seen_at,
            not_seen_at=row.not_seen_at,
            baseline=row.baseline,
            credits=tuple(row.wire_credit),
            copy_group=row.copy_group_id,
        )
        found[row.story_id].append((seen, row.copy_kind == "copy"))
    return found


def _revised(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Article.story_id, func.count())
        .join(Revision, Revision.article_id == Article.id)
        .where(Article.story_id.in_(ids), Revision.number > 1)
        .group_by(Article.story_id)
    )
    return {story_id: count for story_id, count in session.execute(query) if story_id}
