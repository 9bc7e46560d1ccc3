"""Judges whether a source's listings promise more articles than its pages give."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from crawler.reading_faults import PAGES
from pipelines.outcome_words import PAGE_SENTENCES
from pipelines.storage.lessons import fault_days
from pipelines.storage.page_reasons import PromisedPages, promised_pages

#: Pages that are no articles and never will be: no loss where a source always had them.
_OF_ANOTHER_KIND = frozenset(
    {"video", "audio", "podcast", "gallery", "liveblog", "sponsored", "not-text"}
)
FEWEST = 5  # addresses: of four, three may fail by chance
FEWEST_BEFORE = 10  # of fewer nobody knows what is usual
_LEAST_RISE = 0.3
_IMPROBABLE = 1e-3
_RECENT_DAYS = 2


@dataclass(frozen=True, slots=True)
class SourceLoss:
    """What a source's pages do not give. Not ``is_ill``: as it always was, told on request."""

    source: str
    reason: str
    is_ill: bool


def read_losses(
    session: Session, *, now: datetime, slugs: Collection[str] = ()
) -> list[SourceLoss]:
    """Return the losses of all sources, or of some, by slug."""
    losses = [
        loss
        for slug, pages in promised_pages(session, now=now, slugs=slugs).items()
        if (loss := judge_pages(slug, pages, now=now))
    ]
    for slug, days in fault_days(session, slugs).items():
        losses += judge_faults(slug, days, today=now.date())
    return sorted(losses, key=lambda loss: (loss.source, not loss.is_ill))


def judge_pages(
    source: str, pages: Mapping[str, PromisedPages], *, now: datetime
) -> SourceLoss | None:
    """Return what the last day's addresses (the last week's, of few) did not give.

    Ill is a source most of whose addresses give none, from the first five on and however long it
    has been so, and one that gives far fewer than before, for any one reason or for all together.
    Videos and their like are a loss only where there were fewer of them before.
    """
    recent, before = pages.get("day", PromisedPages()), pages.get("week", PromisedPages())
    if recent.asked < FEWEST:
        recent, before = recent + before, PromisedPages()
    before += pages.get("month", PromisedPages())
    if recent.asked < FEWEST or not recent.without:
        return None
    lost = {r: n for r, n in recent.without.items() if r not in _OF_ANOTHER_KIND}
    others = sum(recent.without.values()) - sum(lost.values())
    promised = recent.asked - others
    if promised >= FEWEST and sum(lost.values()) * 2 > promised:
        return SourceLoss(source, _sentence(recent, lost, now), is_ill=True)
    if risen := _risen(recent, lost, before):
        return SourceLoss(source, _sentence(recent, risen, now), is_ill=True)
    if (others + sum(lost.values())) * 2 > recent.asked:
        return SourceLoss(source, _sentence(recent, recent.without, now), is_ill=False)
    return None


def _risen(recent: PromisedPages, lost: Mapping[str, int], before: PromisedPages) -> dict[str, int]:
    """Return the reasons that took more addresses than before; all of them if only together."""
    found = {
        reason: count
        for reason, count in recent.without.items()
        if rises(count, recent.asked, before.without.get(reason, 0), before.asked)
    }
    if found:
        return found
    usual = sum(n for reason, n in before.without.items() if reason not in _OF_ANOTHER_KIND)
    together = rises(sum(lost.values()), recent.asked, usual, before.asked)
    return dict(lost) if together else {}


def rises(count: int, among: int, count_before: int, among_before: int) -> bool:
    """Say whether a share has grown by more than chance and by enough to matter."""
    if among < FEWEST or among_before < FEWEST_BEFORE:
        return False
    if count / among - count_before / among_before < _LEAST_RISE:
        return False
    # one more than seen: none of 20 is no proof of none
    usual = (count_before + 1) / (among_before + 2)
    chance = math.fsum(
        math.comb(among, k) * usual**k * (1 - usual) ** (among - k) for k in range(count, among + 1)
    )
    return chance < _IMPROBABLE


def _sentence(recent: PromisedPages, told: Mapping[str, int], now: datetime) -> str:
    ranked = sorted(told.items(), key=lambda item: (-item[1], item[0]))
    why = ranked[0][0] if len(ranked) == 1 else ", ".join(f"{n} {reason}" for reason, n in ranked)
    since = recent.since or now
    day = f"{since:%A}" if now - since < timedelta(days=6) else f"{since:%Y-%m-%d}"
    count = sum(told.values())
    meant = [f"{r}: {PAGE_SENTENCES[r]}" for r, _ in ranked if r in PAGE_SENTENCES]
    sentence = f"{count} of {recent.asked} new addresses gave no article since {day}: {why}"
    return "; ".join((sentence, *meant))


def judge_faults(
    source: str, days: Mapping[str, Mapping[str, int]], *, today: date
) -> list[SourceLoss]:
    """Return the fields that could not be read of a source's pages, through a fault of ours.

    Ill where it is new, or where most pages have it and nobody knows yet what is usual.
    """
    first = (today - timedelta(days=_RECENT_DAYS - 1)).isoformat()
    recent, before = dict[str, int](), dict[str, int]()
    for day, counts in days.items():
        period = recent if day >= first else before
        for name, count in counts.items():
            period[name] = period.get(name, 0) + count
    pages, pages_before = recent.get(PAGES, 0), before.get(PAGES, 0)
    losses = []
    for name, count in sorted(recent.items()):
        if name == PAGES or pages < FEWEST:
            continue
        mostly = pages_before < FEWEST_BEFORE and count * 2 > pages
        is_ill = mostly or rises(count, pages, before.get(name, 0), pages_before)
        told = f"could not be read on {count} of {pages} new pages, a fault of ours"
        losses.append(SourceLoss(source, f"{name} {told}", is_ill))
    return losses
