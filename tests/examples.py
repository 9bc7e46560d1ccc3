"""Fictional publishers, articles and looks, to be varied by the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pipelines.items import ArticleItem, ClaimedDate
from pipelines.looks import ListedLink, SectionLook
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources
from pipelines.url_key import url_key

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = "https://valleypost.example"
#: Long enough to tell one article from another by its text.
BODY = "\n".join(
    f"The council of Westhaven met on day {number} and put off its vote on the harbour levy again."
    for number in range(1, 6)
)
SOURCES = (
    SourceFacts(
        slug="valley-post",
        name="The Valley Post",
        home_url=f"{SITE}/",
        country="NO",
        language="en",
        family="valley-media",
        wikidata=None,
        sections=(
            SectionFacts("politics", "feed", f"{SITE}/politics.rss", "valleypost.example"),
            SectionFacts("front", "front", f"{SITE}/politics/", "valleypost.example"),
        ),
    ),
    SourceFacts(
        slug="harbour-courier",
        name="Harbour Courier",
        home_url="https://courier.example/",
        country="US",
        language="en",
        family="harbour-courier",
        wikidata="Q42",
        sections=(
            SectionFacts(
                "politics", "feed", "https://courier.example/politics.rss", "courier.example"
            ),
        ),
    ),
)


def save_example_sources(session: Session) -> None:
    """Save the example sources with their sections."""
    save_sources(session, SOURCES)


def at(minutes: float) -> datetime:
    """Return noon plus so many minutes."""
    return NOON + timedelta(minutes=minutes)


def make_item(path: str = "/2026/harbour-levy-vote-1", **fields: Any) -> ArticleItem:
    """Return an article of The Valley Post as the spider would hand it over."""
    values: dict[str, Any] = {
        "url": SITE + path,
        "headline": "Council puts off harbour levy",
        "article_body": BODY,
        "source": "valley-post",
        "section": "politics",
        "requested_url": SITE + path,
        "first_seen_at": NOON,
        "not_seen_at": at(-15),
        "fetched_at": at(0.1),
        "parser_version": "1",
    }
    return ArticleItem(**(values | fields))


def claimed(when: datetime, **more: Any) -> ClaimedDate:
    """Return a date of publication as a publisher might state it."""
    values: dict[str, Any] = {"precision": "second", "source": "json-ld", "raw": when.isoformat()}
    return ClaimedDate(when, **(values | more))


def make_link(path: str, **fields: Any) -> ListedLink:
    """Return a listed address of The Valley Post, or of another site when it is a whole one."""
    url = path if "://" in path else SITE + path
    return ListedLink(**({"url": url, "url_key": url_key(url)} | fields))


def make_look(*paths: str, minute: float = 0, **fields: Any) -> SectionLook:
    """Return a look at the politics feed that listed these paths at noon plus ``minute``."""
    links = tuple(make_link(path, position=number) for number, path in enumerate(paths))
    values: dict[str, Any] = {
        "source": "valley-post",
        "section": "politics",
        "started_at": at(minute - 0.01),
        "arrived_at": at(minute),
        "outcome": "ok",
        "links": links,
        "http_status": 200,
    }
    return SectionLook(**(values | fields))
