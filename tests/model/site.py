"""A publisher in memory: what it put up when, and what each of its lists offered at any moment."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

from crawler.discovery.links import ArticleLink

Kind = Literal["feed", "sitemap", "index", "front"]
Order = Literal["newest first", "oldest first", "pinned", "no order"]
Dates = Literal["honest", "none", "constant", "last year's", "to come", "bare days"]

START = datetime(2026, 11, 2, 8, 0, 0, 137_000, tzinfo=UTC)
PARTS = 3  # of an index of sitemaps
_CONSTANT = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SECTIONS = ("politics", "sport")


@dataclass(slots=True)
class Article:
    """One article of the publisher. ``dated_at`` is when it claims to be published."""

    number: int
    url: str
    put_up_at: datetime
    dated_at: datetime
    version: int = 1

    @property
    def headline(self) -> str:
        """What it is listed under: no two share it."""
        return f"Council of Westhaven decides matter {self.number} of the harbour"


@dataclass(slots=True)
class NewsList:
    """One feed, front, sitemap or index of sitemaps.

    ``shown`` is its whole past: from each moment on, what it listed, in order. ``most`` is how much
    of it our limits let through.
    """

    url: str
    kind: Kind
    order: Order
    dates: Dates
    window: int
    most: int
    entries: list[Article] = field(default_factory=list)
    shown: list[tuple[datetime, tuple[ArticleLink, ...]]] = field(default_factory=list)

    def links_at(self, at: datetime) -> tuple[ArticleLink, ...]:
        """Return what was listed at a moment, in order."""
        place = bisect_right(self.shown, at, key=lambda entry: entry[0]) - 1
        return self.shown[place][1] if place >= 0 else ()

    def offers(self, url: str, at: datetime) -> bool:
        """Whether an address stood in the list at a moment."""
        return any(link.url == url for link in self.links_at(at))

    def note(self, at: datetime) -> None:
        """Write down what the list shows from now on."""
        links = tuple(self._link(article) for article in self._in_order())
        if not self.shown or self.shown[-1][1] != links:
            self.shown.append((at, links))

    def _in_order(self) -> list[Article]:
        newest = sorted(self.entries, key=lambda a: (a.dated_at, a.number), reverse=True)
        newest = newest[: self.window]
        if self.order == "oldest first":
            newest.reverse()
        elif self.order == "no order":
            newest.sort(key=lambda a: a.number * 7919 % 101)
        elif self.order == "pinned" and newest:
            newest.sort(key=lambda a: a is not self.entries[0])
        return newest

    def _link(self, article: Article) -> ArticleLink:
        claim = self.claim(article)
        raw = claim and (claim.date() if self.dates == "bare days" else claim).isoformat()
        return ArticleLink(article.url, article.headline, None, claim, raw, f"id-{article.number}")

    def claim(self, article: Article) -> datetime | None:
        """Return the date that the list gives an article."""
        at = article.dated_at.replace(microsecond=0)
        if self.dates == "none":
            return None
        if self.dates == "constant":
            return _CONSTANT
        if self.dates == "last year's":
            return at - timedelta(days=365)
        if self.dates == "to come":
            return at + timedelta(days=3)
        return at.replace(hour=0, minute=0, second=0) if self.dates == "bare days" else at


@dataclass
class Site:
    """The publisher: its articles, its lists, and the moods it is in."""

    number: int
    lists: list[NewsList]
    articles: list[Article] = field(default_factory=list)
    moods: dict[str, datetime] = field(default_factory=dict)  # each with when it began
    moved: dict[str, str] = field(default_factory=dict)  # former address -> the one after it
    owners: dict[str, int] = field(default_factory=dict)  # address -> article, for all time

    @cached_property
    def home(self) -> str:
        """The publisher's own site."""
        return f"https://paper{self.number}.example"

    @cached_property
    def elsewhere(self) -> str:
        """Another site that its lists link to as well."""
        return f"https://partner{self.number}.example"

    def put_up(self, at: datetime, *, dated_at: datetime | None = None) -> None:
        """Publish an article in the lists it belongs to."""
        number = len(self.articles)
        host = self.elsewhere if number % 5 == 4 else self.home
        url = f"{host}/{_SECTIONS[number % 2]}/matter-{number}-of-the-harbour"
        article = Article(number, url, at, dated_at or at)
        self.articles.append(article)
        self.owners[url] = number
        for place, news in enumerate(self.lists):
            if (number + place) % 4 or place == 0:
                news.entries.append(article)
        self.note(at)

    def take_down(self, at: datetime, which: int) -> None:
        """Remove an article from the lists; its page stays."""
        for news in self.lists:
            if len(news.entries) > 2:
                del news.entries[which % len(news.entries)]
        self.note(at)

    def bring_back(self, at: datetime, which: int) -> None:
        """List an article on top once more."""
        if self.articles:
            article = self.articles[which % len(self.articles)]
            article.dated_at = at
            for news in self.lists:
                if article not in news.entries:
                    news.entries.append(article)
            self.note(at)

    def move_page(self, at: datetime, which: int) -> None:
        """Give an article another address; the former one leads there."""
        if self.articles:
            self._move(self.articles[which % len(self.articles)])
            self.note(at)

    def relaunch(self, at: datetime) -> None:
        """Give every article another address."""
        for article in self.articles:
            self._move(article)
        self.note(at)

    def _move(self, article: Article) -> None:
        before = article.url
        article.url = f"{before}-{len(self.moved)}"
        self.moved[before] = article.url
        self.owners[article.url] = article.number

    def get_well(self) -> None:
        """Be in no mood; a server that says for ever that nothing has changed is made like that."""
        self.moods = {mood: at for mood, at in self.moods.items() if mood == "lying 304"}

    def note(self, at: datetime) -> None:
        """Write down what every list shows from now on."""
        for news in self.lists:
            news.note(at)

    def page_at(self, url: str) -> Article | None:
        """Return the article whose page stands at an address, None where none does."""
        number = self.owners.get(url)
        return self.articles[number] if number is not None else None
