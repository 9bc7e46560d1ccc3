"""Which rows an export asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipelines.storage.search import SearchQuery
from pipelines.watch_files import WatchDefinition
from pipelines.watches.tree import AllOf


@dataclass(frozen=True, slots=True)
class Asked:
    """The articles of ``query`` in ``sections`` (keys; empty: all), or what belongs to them.

    The query's times bound what the table is about: first_seen_at of articles, also of those that
    make a story; observed_at of revisions; started_at of visits.
    """

    query: SearchQuery = field(default_factory=SearchQuery)
    sections: tuple[str, ...] = ()

    @property
    def judges_texts(self) -> bool:
        """Whether articles must be read to know which are meant."""
        return self.query.meaning is not None or bool(self.sections)


def asked_of(query: SearchQuery, watch: WatchDefinition | None) -> Asked:
    """Return a query narrowed to what a watch means: its words, its sources, its sections."""
    if watch is None:
        return Asked(query)
    words = query.meaning
    tree = watch.tree if words is None else AllOf((watch.tree, words))
    return Asked(replace(query, tree=tree, sources=_both(query, watch)), watch.sections)


def _both(query: SearchQuery, watch: WatchDefinition) -> tuple[str, ...]:
    if not (query.sources and watch.sources):
        return query.sources or watch.sources
    # No slug is empty: sources that share none have nothing in common.
    return tuple(slug for slug in query.sources if slug in watch.sources) or ("",)
