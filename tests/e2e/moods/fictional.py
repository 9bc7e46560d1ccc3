"""The demonstration's outlets once more, each with invented articles and a number of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from crawler.demo.articles import DemoArticle, load_articles
from crawler.demo.exchange import Request, Response
from crawler.demo.newsroom import Newsroom, Timetable
from crawler.demo.outlets import load_outlets
from crawler.demo.site import answer
from crawler.demo.source_file import source_file
from tests.e2e.moods.outlets import Clock, Offered

_HOUR = 3600.0
STOCK = 5  # articles that are there before the first look
HOUSES = ("harbour-courier", "talbote", "wangan-nippo", "voix-du-delta", "ledger-post")


@dataclass
class FictionalOutlet:
    """One newsroom whose articles nobody else has."""

    room: Newsroom
    clock: Clock
    began_at: datetime
    listing_paths: frozenset[str]
    beside: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        return self.room.outlet.slug

    @property
    def origin(self) -> str:
        return self.room.origin

    def source_file(self) -> str:
        return source_file(self.room)

    def _position(self) -> float:
        return (self.clock.now() - self.began_at).total_seconds()

    def answer(self, request: Request) -> Response:
        return answer(self.room, request, self._position(), crawl_delay=0.0)

    def articles(self) -> list[Offered]:
        return [
            Offered(
                key=article.slug,
                paths=(article.path,),
                headlines=frozenset({article.headline}),
                paragraphs=article.paragraphs,
                put_up_at=self.room.timetable.shown(article.at),
                is_gone=False,
                is_edited=False,
            )
            for article in self.room.listed(self._position())
        ]

    def listed(self) -> set[str]:
        shown = self.room.listed(self._position())[: self.room.outlet.window]
        return {article.slug for article in shown}


def fictional_outlet(
    house: str, slug: str, *, host_port: str, clock: Clock, began_at: datetime, hours: list[float]
) -> FictionalOutlet:
    """Return a new title of one of the demonstration's houses.

    ``hours``: when it puts up an article each, counted from ``began_at``; stock comes before.
    """
    outlet = next(outlet for outlet in load_outlets() if outlet.slug == house)
    times = [-_HOUR * 3 * (n + 1) for n in range(STOCK)] + [_HOUR * hour for hour in hours]
    rng = random.Random(slug)
    template = next(a for a in load_articles(house, seed=1) if a.section == "politics" and a.listed)
    articles = [_article(template, slug, n, at, rng) for n, at in enumerate(times)]
    articles.sort(key=lambda article: -article.at)
    room = Newsroom(
        replace(outlet, slug=slug, name=f"{outlet.name} {slug.split('-')[0].title()}"),
        tuple(articles),
        f"http://{host_port}",
        Timetable(began_at, 1.0),
        1,
    )
    paths = frozenset({outlet.listing_path, "/sitemaps/news.xml"})
    return FictionalOutlet(room, clock, began_at, paths)


def _article(
    template: DemoArticle, outlet: str, number: int, at: float, rng: random.Random
) -> DemoArticle:
    words = _vocabulary(template.outlet)
    headline = _words(words, rng, rng.randint(6, 9))
    slug = f"{outlet}-{number}-{rng.randrange(10**6)}"
    folder = template.path.rpartition("/")[0]
    name = "-".join(f"w{rng.randrange(10**4)}" for _ in range(3))
    # In scripts without spaces a word is a sign: as many of them make a shorter text.
    size = 60 if len(max(words, key=len)) > 1 else 160
    return replace(
        template,
        outlet=outlet,
        slug=slug,
        path=f"{folder}/{name}-from-the-assembly-{rng.randrange(10**7)}",
        at=at,
        headline=headline,
        description=_words(words, rng, 18),
        paragraphs=tuple(_words(words, rng, size) for _ in range(6)),
        photo=None,
        wire="",
        edits=(),
        kicker="",
        moved_at=None,
        gone_at=None,
        credit="",
        dateline="",
    )


def _words(words: tuple[str, ...], rng: random.Random, count: int) -> str:
    chosen = [rng.choice(words) for _ in range(count)]
    space = " " if len(max(words, key=len)) > 1 else ""
    return (space.join(chosen)).capitalize() + ("." if count > 10 else "")


@cache
def _vocabulary(house: str) -> tuple[str, ...]:
    """The words of a house's own articles; in scripts without spaces, their signs."""
    texts = [p for a in load_articles(house, seed=1) for p in a.paragraphs]
    words = " ".join(texts).split()
    if sum(map(len, words)) / len(words) > 20:
        return tuple(sorted({sign for text in texts for sign in text if sign.isalpha()}))
    return tuple(sorted({word.strip('.,:;"()').lower() for word in words if word.isascii()} - {""}))
