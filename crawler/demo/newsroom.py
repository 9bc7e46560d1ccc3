"""One outlet over time: what it lists and says at any moment, and the truth for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.demo.articles import DemoArticle, Wording, wording_at
from crawler.demo.outlets import Outlet


@dataclass(frozen=True, slots=True)
class Timetable:
    """Turns a position on the timeline (seconds from the start) into the time the outlets print."""

    start_at: datetime
    speed: float

    def shown(self, position: float) -> datetime:
        """Return the wall-clock time of ``position``; stock keeps its full age at any speed."""
        pace = self.speed if position > 0 and self.speed > 0 else 1.0
        return self.start_at + timedelta(seconds=position / pace)


@dataclass(frozen=True, slots=True)
class PublishedArticle:
    """The truth about one article: where, since when, and how it changed up to now."""

    outlet: str
    url: str
    earlier_url: str | None
    section: str
    headline: str
    article_body: str
    first_listed_at: datetime
    is_stock: bool
    edited_at: tuple[datetime, ...]
    is_gone: bool
    wire: str | None


@dataclass(frozen=True, slots=True)
class Newsroom:
    """An outlet with its articles and its origin ("http://127.0.0.1:4711")."""

    outlet: Outlet
    articles: tuple[DemoArticle, ...]
    origin: str
    timetable: Timetable
    seed: int

    def listed(self, position: float, section: str | None = "politics") -> list[DemoArticle]:
        """Return what a listing shows at ``position``, newest first; None means every section."""
        return [
            article
            for article in self.articles
            if article.listed and article.is_up(position) and section in (None, article.section)
        ]

    def find(self, path: str, position: float) -> DemoArticle | None:
        """Return the published article that has, or had, this address; gone ones included."""
        known = [article for article in self.articles if article.at <= position]
        return next(
            (article for article in known if path in (article.path, article.path_at(position))),
            None,
        )

    def url(self, article: DemoArticle, position: float) -> str:
        """Return the article's absolute address at ``position``."""
        return self.origin + article.path_at(position)

    def changed_at(self, position: float, section: str | None = "politics") -> datetime:
        """Return when a listing last changed: an article came, was edited, moved or went."""
        moments = [
            moment
            for article in self.articles
            if article.listed and section in (None, article.section)
            for moment in _moments(article)
            if moment <= position
        ]
        return self.timetable.shown(max(moments, default=0.0))

    def published(self, position: float) -> list[PublishedArticle]:
        """Return the truth up to ``position``, oldest first; what robots.txt closes is left out."""
        known = [a for a in reversed(self.articles) if a.listed and a.at <= position]
        return [self._truth(article, wording_at(article, position), position) for article in known]

    def _truth(self, article: DemoArticle, wording: Wording, position: float) -> PublishedArticle:
        shown = self.timetable.shown
        url = self.url(article, position)
        earlier = self.origin + article.path
        return PublishedArticle(
            outlet=self.outlet.slug,
            url=url,
            earlier_url=earlier if earlier != url else None,
            section=article.section,
            headline=wording.headline,
            article_body="\n".join(wording.paragraphs),
            first_listed_at=shown(article.at),
            is_stock=article.at <= 0,
            edited_at=tuple(shown(edit.at) for edit in article.edits if edit.at <= position),
            is_gone=not article.is_up(position),
            wire=article.wire or None,
        )


def _moments(article: DemoArticle) -> list[float]:
    optional = (article.moved_at, article.gone_at)
    return [
        article.at,
        *(edit.at for edit in article.edits),
        *(moment for moment in optional if moment is not None),
    ]


def last_moment(articles: tuple[DemoArticle, ...]) -> float:
    """Return the position of the last event, 0 when nothing happens after the start."""
    return max((moment for article in articles for moment in _moments(article)), default=0.0)
