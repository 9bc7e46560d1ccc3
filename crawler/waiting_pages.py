"""Tells which listed addresses still wait for their article, and which were never read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.lost_pages import FEWEST, SourceLoss
from pipelines.outcome_words import is_ours
from pipelines.page_outcomes import is_for_the_site
from pipelines.storage.waiting_pages import (
    WaitingPages,
    listed_lately,
    waiting_pages,
)

#: By (source, section).
Waiting = Mapping[tuple[str, str], Sequence[WaitingPages]]
_LONG = timedelta(days=1)
_LEAST_SHARE = 0.1  # of what the source lists: single pages that are refused are no trouble


def read_waiting(
    session: Session, *, now: datetime, slugs: Collection[str] = ()
) -> list[SourceLoss]:
    """Return what waits and what was never read, of all sources or of some, by slug."""
    listed = listed_lately(session, now=now, slugs=slugs)
    by_source: dict[str, list[WaitingPages]] = {}
    for each in waiting_pages(session, now=now, slugs=slugs):
        by_source.setdefault(each.source, []).append(each)
    return [
        loss
        for source, pages in sorted(by_source.items())
        for loss in judge_waiting(source, pages, listed=listed.get(source, 0), now=now)
    ]


def judge_waiting(
    source: str, pages: Sequence[WaitingPages], *, listed: int, now: datetime
) -> list[SourceLoss]:
    """Return a source's addresses without article as sentences.

    Ill is a source of which five or more have waited for over a day because of the site's state or
    ours, if they are a tenth of what it lists.
    """
    long = sum(
        each.count
        for each in pages
        if not each.is_lost
        and now - each.since > _LONG
        and (is_ours(each.reason) or is_for_the_site(each.reason))
    )
    is_ill = long >= max(FEWEST, _LEAST_SHARE * listed)
    waits = [each for each in pages if not each.is_lost]
    return [
        SourceLoss(source, told, is_ill and some is waits)
        for some in (waits, [each for each in pages if each.is_lost])
        for told in sentences(some)
    ]


def sentences(pages: Sequence[WaitingPages]) -> list[str]:
    """Return what waits, and what was never read, in a sentence each; none where there is none."""
    waits = [each for each in pages if not each.is_lost]
    lost = [each for each in pages if each.is_lost]
    found = []
    if waits:
        since = min(each.since for each in waits)
        told = f"{_addresses(waits)} still waiting for an article, since {since:%Y-%m-%d}"
        found.append(f"{told}, asked for up to {max(e.tries for e in waits)} times: {_why(waits)}")
    if lost:
        told = f"{_addresses(lost)} no longer listed and never read"
        found.append(f"{told}: {_why(lost)}")
    return found


def _addresses(pages: Sequence[WaitingPages]) -> str:
    count = sum(each.count for each in pages)
    return f"{count} listed address{'es' if count > 1 else ''}"


def _why(pages: Sequence[WaitingPages]) -> str:
    counts: Counter[str] = Counter()
    for each in pages:
        counts[each.reason] += each.count
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {reason}" for reason, count in ranked)


def by_section(pages: Sequence[WaitingPages]) -> dict[tuple[str, str], list[WaitingPages]]:
    """Return what waits by source and section."""
    found: dict[tuple[str, str], list[WaitingPages]] = {}
    for each in pages:
        found.setdefault((each.source, each.section), []).append(each)
    return found
