"""Facts that a watch asks for, as SQL: conditions that every article it may mean meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from pipelines.storage.models import Article, Revision, Source
from pipelines.watches.facts import article_is
from pipelines.watches.questions import EDIT_FIELDS
from pipelines.watches.tree import (
    AllOf,
    AnyOf,
    DateBound,
    Event,
    Meta,
    MinSources,
    Not,
    Watch,
    Words,
)

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Conditions on both sides of a node; None where nothing is known.

    Every article for which the node holds meets ``may``; it holds for all that meet ``must``.
    """

    may: Condition | None = None
    must: Condition | None = None


def facts_condition(tree: Watch, sources: Sequence[Source]) -> Condition | None:
    """Return a condition that every article a watch may mean meets; None: there is none."""
    return _bounds(tree, sources).may


def _bounds(tree: Watch, sources: Sequence[Source]) -> _Bounds:
    match tree:
        case AllOf(parts):
            found = [_bounds(part, sources) for part in parts]
            return _Bounds(
                _of_known(and_, [one.may for one in found]),
                _of_all(and_, [one.must for one in found]),
            )
        case AnyOf(parts):
            found = [_bounds(part, sources) for part in parts]
            return _Bounds(
                _of_all(or_, [one.may for one in found]),
                _of_known(or_, [one.must for one in found]),
            )
        case Not(part):
            inner = _bounds(part, sources)
            return _Bounds(_negated(inner.must), _negated(inner.may))
        case Meta() | DateBound() | Event("gone"):
            exact = _exact(tree, sources)
            return _Bounds(exact, exact)
        case Event():
            return _Bounds(may=_was_edited())
        case Words(fields) if set(fields) <= EDIT_FIELDS:
            return _Bounds(may=_was_edited())
        case MinSources(count) if count > 1:
            return _Bounds(may=_is_in_story_of(count))
        case _:
            return _Bounds()


def _of_known(join: Callable[..., Condition], parts: list[Condition | None]) -> Condition | None:
    known = [part for part in parts if part is not None]
    return join(*known) if known else None


def _of_all(join: Callable[..., Condition], parts: list[Condition | None]) -> Condition | None:
    return None if any(part is None for part in parts) else join(*parts)


def _negated(part: Condition | None) -> Condition | None:
    # A condition that is NULL would stay NULL: the ones here never are.
    return None if part is None else not_(part)


def _exact(fact: Meta | DateBound | Event, sources: Sequence[Source]) -> Condition | None:
    match fact:
        case DateBound(at, is_upper):
            dated = func.coalesce(Article.date_published, Article.first_seen_at)
            return dated < at if is_upper else dated >= at
        case Event():
            return Article.id.in_(select(Article.id).where(Article.gone_at.is_not(None)))
        case Meta("source" | "country"):
            return _of_sources(fact, sources)
        case Meta("lang", value):
            given = func.coalesce(Article.in_language, "")
            plain = func.replace(func.lower(given), "_", "-")
            named = or_(plain == value, plain.startswith(f"{value}-", autoescape=True))
            return or_(named, and_(given == "", _of_sources(fact, sources)))
        case _:
            return None


def _of_sources(fact: Meta, sources: Sequence[Source]) -> Condition:
    def facts(source: Source) -> Mapping[str, str]:
        return {"source": source.slug, "country": source.country, "lang": source.language}

    return of_sources([source.id for source in sources if article_is(facts(source), fact)])


def of_sources(ids: Sequence[int]) -> Condition:
    """Return the condition that an article is of one of these sources."""
    if len(ids) < 2:
        return Article.source_id == ids[0] if ids else false()
    # The sum keeps planners from collecting all articles of all these sources to sort them.
    return (Article.source_id + 0).in_(ids)


def _was_edited() -> Condition:
    return Article.id.in_(select(Revision.article_id).where(Revision.number > 1))


def _is_in_story_of(count: int) -> Condition:
    """At least so many articles are in its story: fewer have not so many publishers."""
    other = aliased(Article)
    same = select(other.id).where(other.story_id == Article.story_id)
    return exists(same.limit(1).offset(count - 1).correlate(Article))
