"""Notices that a field has vanished from a section's articles: a new template, or a new wall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.storage.health_queries import FieldCounts

FEWEST_RECENT = 8
FEWEST_BEFORE = 20
USUAL = 0.5  # a field that fewer than half of the articles have may stay away for a while
LEAST_DROP = 0.3
IMPROBABLE = 1e-4


@dataclass(frozen=True, slots=True)
class FieldFall:
    """A field that far fewer articles have than before; shares from 0 to 1."""

    field: str
    before: float
    now: float
    articles: int  # recent ones

    def __str__(self) -> str:
        return f"{self.field} fell from {self.before:.0%} to {self.now:.0%}"


def fallen_fields(recent: FieldCounts, before: FieldCounts) -> list[FieldFall]:
    """Return the fields that fell, the deepest fall first.

    Nothing is said of few articles, or where chance could have done it.
    """
    if recent.articles < FEWEST_RECENT or before.articles < FEWEST_BEFORE:
        return []
    falls = [
        FieldFall(name, before.share(name), recent.share(name), recent.articles)
        for name in before.having
        if _fell(recent.having.get(name, 0), recent.articles, before.having[name], before.articles)
    ]
    return sorted(falls, key=lambda fall: fall.now - fall.before)


def _fell(having: int, articles: int, having_before: int, articles_before: int) -> bool:
    usual = having_before / articles_before
    share = having / articles
    if usual < USUAL or usual - share < LEAST_DROP:
        return False
    # One article more and one less than seen: 100 % of 20 articles is no proof of 100 %.
    cautious = (having_before + 1) / (articles_before + 2)
    return _binomial_at_most(having, articles, cautious) < IMPROBABLE


def _binomial_at_most(count: int, trials: int, share: float) -> float:
    term = (1 - share) ** trials
    total = term
    for k in range(1, count + 1):
        term *= (trials - k + 1) / k * share / (1 - share)
        total += term
    return total


def shares(counts: FieldCounts) -> Mapping[str, float]:
    """Return the share of articles that have each field."""
    return {name: round(counts.share(name), 3) for name in counts.having}


def summed(parts: Iterable[FieldCounts]) -> FieldCounts:
    """Return several periods' counts as one."""
    articles, having = 0, dict[str, int]()
    for part in parts:
        articles += part.articles
        for name, count in part.having.items():
            having[name] = having.get(name, 0) + count
    return FieldCounts(articles, having)
