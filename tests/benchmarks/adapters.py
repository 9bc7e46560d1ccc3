"""Thin adapters: the product's functions under the names that scorers of test data call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def url_key(url: str) -> str:
    """The look-up key of an address."""
    from pipelines.url_key import url_key as key

    return key(url)


def section_links(html: bytes, url: str) -> list[str]:
    """Return the article addresses of a section front or home page."""
    from crawler.discovery.section_front import read_section_front

    return [link.url for link in read_section_front(html, url).links]


def copy_groups(articles: list[dict[str, Any]]) -> dict[str, int]:
    """A label for each article's group of copies; fed in order of ``seen``, one at a time."""
    from pipelines.copies import find_copy
    from pipelines.fingerprint import fingerprint
    from tests.benchmarks.copies_index import MemoryCopyIndex

    index = MemoryCopyIndex()
    labels: dict[str, int] = {}
    for number, article in enumerate(sorted(articles, key=lambda row: str(row["seen"]))):
        text = fingerprint(article["text"] or article["title"])
        match = find_copy(text, index)
        group = match.group_id if match is not None and match.kind == "copy" else number
        index.add(number, group, text)
        labels[article["id"]] = group
    return labels


def extract(html: bytes, url: str) -> dict[str, Any]:
    """Every field a page shows, keys as in the docstring of ``pages/score.py``.

    The scorer's pages are all articles, so the question of the page's kind is not asked.
    """
    from crawler.extraction.dates import on_publishers_clock
    from crawler.extraction.fields import read_fields
    from crawler.extraction.page import parse_page

    page = parse_page(html, url)
    if page is None:
        return {}
    item = read_fields(page)[0]
    claim = item.date_published
    published = None
    if claim is not None:
        stated = on_publishers_clock(claim, url, item.in_language)
        published = stated.date().isoformat() if claim.precision == "day" else stated.isoformat()
    return {
        "title": item.headline,
        # the scorer's truth holds agencies and desks where no person is named
        "authors": item.authors or ([item.byline] if item.byline else []),
        "published_at": published,
        "text": item.article_body,
        "language": item.in_language,
        "images": [{"url": i.url, "caption": i.caption, "credit": i.credit} for i in item.images],
    }


def address_is_article(url: str) -> bool:
    """Tell from an address alone, absolute or relative, whether it looks like an article."""
    from crawler.discovery.article_address import address_is_article as is_article

    return is_article(url)


class Rhythm:
    """The delay-budget policy as ``freshness/sim.py`` drives it, one object per source."""

    name = "firstseen's rhythm"

    def __init__(self, source: Any, knob: float, world: Any) -> None:
        from datetime import timedelta

        from crawler.schedule.rhythm import RhythmState

        self.start = world.start
        self.theta = 1 / knob**2 / 2
        self.asked = timedelta(seconds=source.cache_s) if source.cache_s else None
        self.state = RhythmState()

    def first_poll(self, rng: Any) -> float:
        """Spread the first looks over an hour."""
        return float(self.start + rng.uniform(0, 3600))

    def next_poll(self, poll: Any) -> float:
        """Learn from what the window shows and plan the next look."""
        from crawler.schedule.learnt_rate import utc
        from crawler.schedule.rhythm import VisitHints, next_visit_at, observe

        now = utc(poll.now)
        self.state = observe(
            self.state,
            visited_at=now,
            published_at=[utc(moment) for moment in poll.fresh],
            overflow=not poll.first and 0 < poll.window <= len(poll.fresh),
        )
        hints = VisitHints(update_interval=self.asked, window_items=poll.window or None)
        return next_visit_at(self.state, now, self.theta, hints).timestamp()


def story_groups(articles: list[dict[str, Any]]) -> dict[str, int]:
    """A label for each article's story; fed in order of ``seen``, else in the given order."""
    from datetime import UTC, datetime

    from pipelines.stories import StoryIndex

    index = StoryIndex()
    ordered = sorted(articles, key=lambda row: str(row.get("seen", "")))
    stated = [str(row["seen"]) for row in ordered if row.get("seen")]
    seen_at = datetime.fromisoformat(stated[0]) if stated else datetime(2026, 1, 1, tzinfo=UTC)
    merged: dict[int, int] = {}
    labels: dict[str, int] = {}
    for number, row in enumerate(ordered):
        if row.get("seen"):
            seen_at = datetime.fromisoformat(str(row["seen"]))
        placed = index.assign(
            number, row["title"], row.get("text") or "", seen_at=seen_at, new_story_id=number
        )
        merged.update(dict.fromkeys(placed.absorbed, placed.story_id))
        labels[row["id"]] = placed.story_id
    for article_id, label in labels.items():
        while label in merged:
            label = merged[label]
        labels[article_id] = label
    return labels


def watch_matches(query: str, article: dict[str, Any]) -> bool:
    """Whether a watch holds for an article; raises ValueError with the position if it is broken."""
    from pipelines.watches.parsing import parse_watch
    from pipelines.watches.predicate import compile_predicate

    return compile_predicate(parse_watch(query))(article) is not None


def match_many(watches: dict[str, str], articles: Iterable[dict[str, Any]]) -> Iterator[set[str]]:
    """For each article the names of the watches that hold for it."""
    from pipelines.watches.index import WatchIndex
    from pipelines.watches.parsing import parse_watch

    index = WatchIndex({name: parse_watch(query) for name, query in watches.items()})
    return (index.matching(article) for article in articles)
