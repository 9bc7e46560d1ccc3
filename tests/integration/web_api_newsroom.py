"""A small archive with something of everything, and the application that serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.match import WatchKeeper
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Section, Source, Visit
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources
from pipelines.store import store_once_more
from pipelines.web.app import create_app
from pipelines.web.desk import Desk, SectionState
from pipelines.web.shell import Shell
from pipelines.web.time_limit import limit_queries
from tests.examples import BODY, SOURCES, at, claimed, make_item
from tests.web_client import WebClient

NOW = at(120)
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> \u202e =cmd|calc'
NORWICK = SourceFacts(
    slug="norwick-tidende",
    name="Norwick Tidende",
    home_url="https://tidende.example/",
    country="NO",
    language="nb",
    family="valley-media",
    wikidata=None,
    sections=(SectionFacts("nyheter", "feed", "https://tidende.example/rss", "tidende.example"),),
)
WATCH = """\
name = "Harbour levy"
query = '"harbour levy" OR @ferries'
channels = ["desk"]
"""


def paragraphs(number: int) -> str:
    """A text that is nobody's copy, with one word that all have."""
    words = [f"w{number}x{place}" for place in range(100)]
    return "\n".join(
        " ".join(words[start : start + 10]) + " harbour." for start in range(0, 100, 10)
    )


@dataclass(frozen=True)
class Newsroom:
    """The archive's address, its numbers by name, and the desk that reads it."""

    url: str
    numbers: dict[str, int]
    desk: Desk
    engine: Engine
    reader: Engine

    def client(self, shell: Shell | None = None) -> WebClient:
        """Return a client of a fresh application."""
        return WebClient(create_app(self.desk, shell or Shell(requests_per_minute=1_000_000)))

    def close(self) -> None:
        """Let go of the archive."""
        self.engine.dispose()
        self.reader.dispose()

    @property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions that may write."""
        return session_factory(self.engine)


def open_newsroom(url: str, folder: Path) -> Newsroom:
    """Fill an empty archive and return it; close its engine afterwards."""
    watches = folder / "watches"
    watches.mkdir()
    (watches / "levy.toml").write_text(WATCH, encoding="utf-8")
    (watches / "lists.toml").write_text('ferries = ["ferry", "ferries"]\n', encoding="utf-8")
    (watches / "broken.toml").write_text("name = ", encoding="utf-8")
    engine = open_engine(url)
    numbers = _fill(session_factory(engine), watches)
    reader = open_engine(url, read_only=True)
    limit_queries(reader, 10)
    desk = Desk(
        sessions=session_factory(reader),
        clock=lambda: NOW,
        watches_folder=watches,
        health=judge,
    )
    return Newsroom(url, numbers, desk, engine, reader)


def judge(session: Session, now: datetime, slugs: Sequence[str]) -> list[SectionState]:
    """A judgement that needs no history."""
    timed_out = {"outcome": "timeout", "last_look": "timeout: the answer did not come in time"}
    found = [
        SectionState("valley-post", "politics", "late", ("due for 40 min",), **timed_out),
        SectionState("valley-post", "", "losing", ("8 of 8 new addresses gave no article",)),
        SectionState("", "", "alerts", ("alerts overdue: channel desk",)),
    ]
    return [state for state in found if not slugs or state.source in slugs]


def _fill(sessions: sessionmaker[Session], watches: Path) -> dict[str, int]:
    keeper = StoryKeeper()
    told = WatchKeeper.of_folder(watches)
    told._clock = lambda: at(1)
    numbers: dict[str, int] = {}

    def store(name: str, path: str, minute: float, **fields: Any) -> None:
        values = {"first_seen_at": at(minute), "fetched_at": at(minute + 0.1), **fields}
        with sessions.begin() as session:
            item = make_item(path, **values)
            stored = store_once_more(session, item, stories=keeper, watches=told)
            numbers[name] = stored.article_id

    with sessions.begin() as session:
        save_sources(session, (*SOURCES, NORWICK))
    facts = {"date_published": claimed(at(-3)), "in_language": "en-GB"}
    store("levy", "/2026/levy-1", 0, **facts)
    courier = "https://courier.example/2026/levy-copy-1"
    store(
        *("copy", courier, 10),
        url=courier,
        requested_url=courier,
        source="harbour-courier",
        article_body=BODY,
    )
    for number in range(8):  # all seen at the same moment
        name = f"same {number}"
        path, headline = f"/2026/report-{number}-of-eight", f"Report w{number}x1 w{number}x2"
        store(name, path, 20, article_body=paragraphs(number), headline=headline)
    store("hostile", "/2026/hostile-1", 30, headline=HOSTILE, article_body=HOSTILE + paragraphs(20))
    tidende = "https://tidende.example/2026/ferge-1"
    store(
        *("norwegian", tidende, 40),
        url=tidende,
        requested_url=tidende,
        source="norwick-tidende",
        section="nyheter",
        headline="Ferge på grunn",
        article_body=paragraphs(30) + "\nFerry.",
        in_language="nb",
    )
    edited = BODY.replace("put off", "cancelled")
    facts |= {"article_body": edited, "headline": "Levy off", "fetched_at": at(60)}
    store("levy", "/2026/levy-1", 0, **facts)
    with sessions.begin() as session:
        session.get_one(Article, numbers["same 0"]).gone_at = at(90)
        numbers["story"] = session.get_one(Article, numbers["levy"]).story_id or 0
        _add_visits(session)
    return numbers


def _add_visits(session: Session) -> None:
    query = select(Section).join(Source).where(Source.slug == "valley-post")
    feed = session.scalars(query.where(Section.key == "politics")).one()
    outcomes = [
        *((-115, "ok", 2), (-100, "unchanged", 0), (-50, "timeout", 0), (-20, "robots", 0)),
        *((5, "ok", 1), (20, "ok", 0), (35, "ok", 0), (65, "unchanged", 0), (110, "ok", 0)),
    ]
    for minute, outcome, new in outcomes:
        session.add(
            Visit(
                section_id=feed.id,
                started_at=at(minute - 0.1),
                arrived_at=at(minute),
                outcome=outcome,
                new_links=new,
            )
        )
