"""What a watch would have raised over the archive, and whether its examples hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipelines.excerpts import excerpts_of
from pipelines.newness import newness_of
from pipelines.storage.alerts import article_facts, section_key
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, iter_found
from pipelines.watch_files import Example, WatchDefinition
from pipelines.watch_set import fits, holds


@dataclass(frozen=True, slots=True)
class Firing:
    """One story that would have been told, at its first article that matched."""

    article: Article
    source: Source
    excerpts: tuple[dict[str, Any], ...]
    more_articles: int = 0


def backtest(
    session: Session,
    watch: WatchDefinition,
    *,
    since: datetime,
    until: datetime | None = None,
    most: int | None = None,
) -> list[Firing]:
    """Return what a watch would have fired on since then, oldest first: one firing per story.

    What was no news when it was found is left out, as it is when the watch is live. ``most``
    articles are looked at, the latest; None: all.
    """
    firings: dict[tuple[str, int], list[tuple[Article, Source]]] = {}
    found_articles = 0
    query = SearchQuery(since=since, until=until, sources=watch.sources, tree=watch.tree)
    for article, source in iter_found(session, query):
        if not fits(watch, source.slug, section_key(session, article)):
            continue
        if not newness_of(session, article, now=article.first_seen_at).is_news:
            continue
        key = ("story", article.story_id) if article.story_id else ("article", article.id)
        firings.setdefault(key, []).append((article, source))
        found_articles += 1
        if found_articles == most:
            break
    found = [
        Firing(
            article := min(told, key=lambda one: (one[0].first_seen_at, one[0].id))[0],
            next(source for one, source in told if one is article),
            tuple(excerpts_of(watch.tree, article_facts(article, told[0][1]), {})["excerpts"]),
            len(told) - 1,
        )
        for told in firings.values()
    ]
    return sorted(found, key=lambda firing: (firing.article.first_seen_at, firing.article.id))


def failed_examples(watch: WatchDefinition) -> Iterator[str]:
    """Yield one line for every example of a watch file that does not behave as it says."""
    for examples, wanted in ((watch.must_match, True), (watch.must_not_match, False)):
        for example in examples:
            if holds(watch.tree, _facts(example), _example_context(example)) != wanted:
                verb = "must match and does not" if wanted else "must not match and does"
                yield f"{verb}: {_shown(example)}"


def _facts(example: Example) -> dict[str, Any]:
    return {"source": "", **example}


def _example_context(example: Example) -> dict[str, Any]:
    names = ("removed", "added", "headline_before", "headline_after", "gone", "publishers")
    return {name: example[name] for name in names if name in example}


def _shown(example: Example) -> str:
    return str(example.get("headline") or next(iter(example.values())))[:100]
