"""Rows of a large archive: publishers, looks, stories, articles, wordings and alerts.

Times, sizes and shares follow what a busy installation shows: stories that grow within three days,
agency texts carried by several papers, edits in one article of ten, looks that fail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from crawler.schedule.learnt_rate import RhythmState
from tests.benchmarks.desk_texts import Passage, Texts

Row = tuple[Any, ...]
Table = tuple[str, tuple[str, ...], Iterator[Row]]  # name, columns, rows

DAYS, LOOKED_DAYS = 90, 30  # articles reach back so far; visits are kept for a month
STORIES_PER_ARTICLE = 0.02
SOURCES, WATCHES = 300, 40
_COUNTRIES = {
    "en": ("US", "GB", "IE", "AU", "IN"),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH"),
    "es": ("ES", "MX", "AR"),
    "ja": ("JP",),
}
_SHARES = {"en": 70, "de": 20, "fr": 5, "es": 5, "ja": 5}
_SECTIONS = ("politics", "world", "business", "local")
_FAILURES = ("timeout", "http-5xx", "held-off", "robots-unreachable", "dns", "nothing-listed")
_LOOK_GAP = 3600  # seconds between two looks at a section, on average


@dataclass(slots=True)
class Told:
    """What a story's later articles need to know of its earlier ones."""

    themes: tuple[int, ...]
    language: int
    titles: tuple[int, ...]
    left: int
    origins: list[tuple[int, int, list[Passage], int, list[str]]] = field(default_factory=list)


class Clock:
    """Times as the ISO 8601 text of both databases, quickly."""

    def __init__(self) -> None:
        """Prepare the seconds of a day; days are made when they are first asked for."""
        self._days: dict[int, str] = {}
        self._seconds = [
            f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}." for s in range(24 * 3600)
        ]

    def text(self, at: float) -> str:
        """Return epoch seconds as 2026-11-23T09:46:47.123456Z."""
        whole = int(at)
        day, second = divmod(whole, 86400)
        if day not in self._days:
            self._days[day] = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(day)).date().isoformat()
        return f"{self._days[day]}{self._seconds[second]}{int((at - whole) * 1e6):06}Z"


class Archive:
    """``articles`` articles until ``until``: the same arguments give the same rows."""

    def __init__(self, articles: int, until: datetime, texts: list[Texts], seed: int = 1) -> None:
        """Take the size; nothing is made before it is asked for."""
        self.articles, self.until = articles, until.timestamp()
        self.texts = [t for t in texts if t.language in _COUNTRIES]
        self.stories = max(1, round(articles * STORIES_PER_ARTICLE))
        self._rng = Random(seed)
        self.clock = Clock()
        self.sources = self._make_sources()
        self.sources_of = [
            [n for n, s in enumerate(self.sources, 1) if s[5] == t.language] for t in self.texts
        ]

    # ---------------------------------------------------------------- publishers and looks

    def _make_sources(self) -> list[Row]:
        rng, rows = Random(7), []
        languages = [t.language for t in self.texts]
        weights = [_SHARES[language] for language in languages]
        for number in range(1, SOURCES + 1):
            language = rng.choices(languages, weights)[0]
            country = rng.choice(_COUNTRIES[language])
            # Every third paper belongs to a house that has several.
            family = f"house-{number % 25}" if number % 3 == 0 else f"paper-{number}"
            home = f"https://paper{number}.example/"
            rows.append(
                (number, f"paper-{number}", f"Paper {number}", home, country, language, family)
            )
        return rows

    def publishers(self) -> Iterator[Table]:
        """Yield sources and sections."""
        columns = ("id", "slug", "name", "home_url", "country", "language", "family")
        yield "sources", columns, iter(self.sources)
        columns = ("id", "source_id", "key", "kind", "url", "name", "lane", "enabled")
        columns += ("last_looked_at", "last_started_at", "failures", "failure_weight")
        yield "sections", (*columns, "next_visit_at", "rhythm"), self._sections()

    def _sections(self) -> Iterator[Row]:
        rng, text = Random(8), self.clock.text
        for source in range(1, SOURCES + 1):
            for place, key in enumerate(_SECTIONS[:3] if source % 4 else _SECTIONS):
                lane = f"paper{source}.example"
                looked = self.until - rng.random() * _LOOK_GAP
                failures = 0 if rng.random() < 0.95 else rng.randrange(1, 9)
                yield (
                    *(self.section(source, place), source, key, "feed"),
                    *(f"https://{lane}/{key}.rss", key.title(), lane, 1),
                    *(text(looked), text(looked - 1), failures, float(failures)),
                    *(text(looked + _LOOK_GAP), json.dumps(self._rhythm(rng))),
                )

    @staticmethod
    def section(source: int, place: int) -> int:
        """Return the id of a source's section."""
        return source * 4 + place - 3

    def _rhythm(self, rng: Random) -> dict[str, Any]:
        hours = tuple((2 + 10 * (6 <= h <= 20)) * rng.uniform(0.5, 2) for h in range(24))
        weekdays = tuple(rng.uniform(8, 20) * (0.5 if d > 4 else 1) for d in range(7))
        return RhythmState(
            articles=sum(hours),
            exposure=LOOKED_DAYS * 86400.0,
            watched_until=self.until,
            lag=rng.uniform(60, 900),
            hour_articles=hours,
            hour_exposure=(LOOKED_DAYS * 3600.0,) * 24,
            weekday_articles=weekdays,
            weekday_exposure=(LOOKED_DAYS * 86400.0 / 7,) * 7,
            minute_articles=tuple(rng.random() for _ in range(60)),
        ).to_json()

    def looks(self) -> Iterator[Table]:
        """Yield visits in order of time, and what hosts got from us in the last two weeks."""
        columns = ("id", "section_id", "planned_at", "started_at", "arrived_at", "outcome")
        columns += ("http_status", "size_bytes", "conditional", "links", "new_links")
        columns += ("articles_stored", "pages_without_article", "window_overflow", "baseline")
        yield "visits", (*columns, "detail"), self._visits()
        columns = ("lane", "hour_at", "purpose", "requests", "conditional", "not_modified")
        columns += ("pushed_back", "received_bytes", "smallest_gap_seconds", "last_at")
        columns += ("robots_disallowed", "robots_unreachable", "held_off")
        yield "conduct_hours", columns, self._conduct()

    def _visits(self) -> Iterator[Row]:
        rng, text = Random(9), self.clock.text
        sections = [row[0] for row in self._sections()]
        number, begin = 0, self.until - LOOKED_DAYS * 86400
        ill_until: dict[int, float] = {}
        for minute in range(LOOKED_DAYS * 1440):
            for section in sections[minute % 60 :: 60]:
                at = begin + minute * 60 + rng.random() * 60
                if rng.random() < 0.004:
                    ill_until[section] = at + rng.uniform(1, 12) * 3600
                ill = at < ill_until.get(section, 0)
                outcome = rng.choice(_FAILURES) if ill else "ok" if rng.random() < 0.4 else ""
                outcome, new = outcome or "unchanged", 0
                if outcome == "ok":
                    new = min(30, int(rng.expovariate(0.4)))
                number += 1
                status = 200 if outcome == "ok" else 304 if outcome == "unchanged" else None
                yield (
                    *(number, section, text(at), text(at), text(at + rng.random() * 2), outcome),
                    *(status, 30_000 if new else 0, 1, 40 if outcome == "ok" else 0, new),
                    *(new, int(new > 9), int(new > 28), int(minute < 60), ""),
                )

    def _conduct(self) -> Iterator[Row]:
        rng, text = Random(10), self.clock.text
        for hour in range(14 * 24):
            at = self.until // 3600 * 3600 - hour * 3600
            for source in range(1, SOURCES + 1):
                for purpose, asked in (("listing", 3), ("article", rng.randrange(1, 12))):
                    yield (
                        *(f"paper{source}.example", text(at), purpose, asked, asked // 2),
                        *(asked // 3, 0, asked * 40_000, rng.uniform(1, 90)),
                        *(text(at + 3500), 0, 0, 0),
                    )

    # ---------------------------------------------------------------- stories and articles

    def plan(self) -> list[tuple[float, int]]:
        """Return when an article of which story is first seen, in order of time.

        Sizes of stories are log-normal: half have fewer than fifteen articles, a few a thousand.
        """
        rng = self._rng
        weights = [rng.lognormvariate(0, 1.5) for _ in range(self.stories)]
        starts = [self.until - rng.random() * DAYS * 86400 for _ in range(self.stories)]
        order = list(range(self.stories))  # each has at least one
        order += rng.choices(order, weights, k=self.articles - self.stories)
        seen = []
        for story in order:
            start = starts[story]
            at = start + min(rng.expovariate(1 / 36_000), 72 * 3600)
            seen.append(
                (at if at < self.until else start + rng.random() * (self.until - start), story)
            )
        return sorted(seen)

    def story_rows(self, plan: list[tuple[float, int]]) -> Table:
        """Return the stories of a plan."""
        first: dict[int, float] = {}
        last: dict[int, float] = {}
        for at, story in plan:
            first.setdefault(story, at)
            last[story] = at
        text = self.clock.text
        rows = (
            (story + 1, self._title_of(story), text(first[story]), text(last[story]), 0)
            for story in sorted(first)
        )
        return "stories", ("id", "title", "first_seen_at", "last_seen_at", "pinned"), rows

    def told(self, story: int, left: int) -> Told:
        """Return a story before its first article; ``left`` are to come."""
        rng = Random(story * 31 + 5)
        language = rng.choices(range(len(self.texts)), [_SHARES[t.language] for t in self.texts])[0]
        texts = self.texts[language]
        themes = tuple(rng.randrange(len(texts.bodies)) for _ in range(3))
        titles = tuple(rng.randrange(len(texts.titles)) for _ in range(3))
        return Told(themes, language, titles, left)

    def _title_of(self, story: int) -> str:
        told = self.told(story, 0)
        return self.texts[told.language].titles[told.titles[0]].text
