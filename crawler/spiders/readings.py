"""Reads article pages with what earlier pages of their source taught, and learns from them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from scrapy.http import Response

from crawler.catalogue import SourceDefinition
from crawler.extraction.article import PageReading, learn_page, read_page
from crawler.extraction.site_memory import SiteMemory
from crawler.extraction.site_rules import RuleReport
from crawler.reading_faults import FaultDays, count_faults
from crawler.spiders.article_pages import content_type_of
from pipelines.fingerprint import text_hash
from pipelines.items import ArticleItem
from pipelines.looks import Ledger, SourceLesson

logger = logging.getLogger(__name__)

#: Site memory speaks from this many pages on; one page repeats nothing.
_ENOUGH_PAGES = 3


@dataclass(slots=True)
class _Learnt:
    memory: SiteMemory
    rules: dict[str, dict[str, int]]
    faults: FaultDays = field(default_factory=dict)
    told: set[str] = field(default_factory=set)  # fields whose fault this run has logged
    changed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Readings:
    """The readings of one run: one memory per source, loaded when its first page comes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._learnt: dict[str, _Learnt] = {}

    async def read(
        self,
        response: Response,
        source: SourceDefinition,
        at: datetime,
        *,
        learn: bool,
        listed_headline: str | None = None,
    ) -> PageReading:
        """Return what a page is, and its article; ``learn`` where it is a newly listed one.

        ``listed_headline`` is the headline the page was promised under, or stored under before.

        The item's ``page_key`` is that of the page read by itself, so that a memory that has
        grown is never mistaken for an edit.
        """
        learnt = await self._of(source.slug)
        read = partial(
            read_page,
            response.body,
            response.url,
            content_type=content_type_of(response),
            rules=source.rules_on(at.date()),
            read_at=at,
            listed_headline=listed_headline,
        )
        return await asyncio.to_thread(_read, response, source, at, learnt, learn, read)

    async def _of(self, slug: str) -> _Learnt:
        if slug not in self._learnt:
            lesson = await self._ledger.lesson(slug)
            memory = SiteMemory.from_json(lesson.memory) if lesson else SiteMemory()
            fresh = _Learnt(memory, {})
            if lesson:
                fresh.rules, fresh.faults = dict(lesson.rules), dict(lesson.faults)
            self._learnt.setdefault(slug, fresh)
        return self._learnt[slug]

    def lessons(self, at: datetime) -> list[SourceLesson]:
        """Return what this run has taught, to be kept for the next."""
        return [
            SourceLesson(slug, learnt.memory.to_json(), learnt.rules, at, learnt.faults)
            for slug, learnt in self._learnt.items()
            if learnt.changed
        ]


def _read(
    response: Response,
    source: SourceDefinition,
    at: datetime,
    learnt: _Learnt,
    learn: bool,
    read: Callable[..., PageReading],
) -> PageReading:
    kind, url = content_type_of(response), response.url
    reading = read()
    with learnt.lock:
        _note_faults(learnt, reading, source.slug, url, at, learn=learn)
        if reading.item is None:
            return reading
        key = page_key(reading.item)
        if learnt.memory.pages >= _ENOUGH_PAGES:
            better = read(memory=learnt.memory)
            reading = better if better.item else reading
        if learn:
            learn_page(learnt.memory, response.body, url, content_type=kind)
            count_rules(learnt.rules, reading.rules)
            learnt.changed = True
    if reading.item is not None:
        reading.item.page_key = key
    return reading


def _note_faults(
    learnt: _Learnt, reading: PageReading, slug: str, url: str, at: datetime, *, learn: bool
) -> None:
    """Count the faults of a newly listed page; log each field's once per source and run."""
    missed = dict(reading.faults)
    if reading.kind == "unreadable":
        part, _, error = reading.reason.partition(": ")
        missed[part] = error
    for name, error in missed.items():
        if name not in learnt.told:
            learnt.told.add(name)
            logger.warning("not read source=%s field=%s error=%s url=%s", slug, name, error, url)
    if learn:
        count_faults(learnt.faults, missed, on=at.date())
        learnt.changed = True


def page_key(item: ArticleItem) -> str:
    """Return the key of a page's words: headline and body."""
    return text_hash(f"{item.headline}\n{item.article_body}")


def count_rules(counts: dict[str, dict[str, int]], report: RuleReport) -> None:
    """Count what became of a page's rules: used, vanished, in disagreement with reading."""
    outcomes = {
        "used": report.used,
        "vanished": report.vanished,
        "disagreed": report.disagreements,
    }
    for outcome, fields in outcomes.items():
        for name in fields:
            of_field = counts.setdefault(name, {"used": 0, "vanished": 0, "disagreed": 0})
            of_field[outcome] += 1
