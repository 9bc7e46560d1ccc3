"""A workspace of two sources, one of them well, in which a state can be made for `health`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from crawler.batch import source_facts
from crawler.catalogue import read_folder
from crawler.workspace import create_workspace
from pipelines.looks import ListedLink, PageOutcome, SectionLook
from pipelines.storage.models import Article, Model, Section, Source, Story
from pipelines.storage.pages import record_page
from pipelines.storage.sources import find_section, save_sources
from pipelines.storage.visits import record_look
from pipelines.storage.watch_models import Alert, Delivery, Watch
from pipelines.url_key import url_key

_SOURCE = """\
name = "{slug}"
home_url = "https://{slug}.example/"
country = "NO"
language = "en"
{more}
[[sections]]
key = "politics"
kind = "feed"
url = "https://{slug}.example/rss"
"""
_LISTS = ("authors", "robots_directives", "corrections", "date_flags", "cut_fields")


@dataclass
class Stage:
    """Where a state is made: "steady" is looked at and well, "paper" is to suffer."""

    folder: Path
    url: str
    sessions: sessionmaker[Session]
    monkeypatch: pytest.MonkeyPatch
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def ago(self, minutes: float) -> datetime:
        """Return the moment so many minutes before now."""
        return self.now - timedelta(minutes=minutes)

    def begin(self, *more: str) -> None:
        """Make the workspace, forget what an earlier state left, and look at all sources."""
        create_workspace(self.folder)
        slugs = ("steady", "paper", *more)
        for slug in slugs:
            self.write(slug)
        found = read_folder(self.folder / "sources")
        with self.sessions.begin() as session:
            for table in reversed(Model.metadata.sorted_tables):
                session.execute(delete(table))
            save_sources(session, map(source_facts, found.enabled))
        for slug in slugs:
            self.look(slug, "/a", "/b", "/c", ago=60)
        self.look("steady", "/a", "/b", "/c", ago=5)

    def write(self, slug: str, more: str = "") -> Path:
        """Write a source file."""
        path = self.folder / "sources" / f"{slug}.toml"
        path.write_text(_SOURCE.format(slug=slug, more=more), encoding="utf-8")
        return path

    def watch(self, channels: str, query: str = "levy") -> None:
        """Write a watch that names channels, and firstseen.toml with the channel "desk"."""
        text = f'name = "Levy"\nquery = "{query}"\nchannels = [{channels}]\n'
        (self.folder / "watches" / "levy.toml").write_text(text, encoding="utf-8")
        config = '[channels.desk]\nkind = "webhook"\nurl = "https://desk.example/hook"\n'
        config += 'secrets = ["${DESK_SECRET}"]\n'
        (self.folder / "firstseen.toml").write_text(config, encoding="utf-8")

    def look(self, slug: str, *paths: str, ago: float, outcome: str = "ok", **more: Any) -> None:
        """Note a look at a source's section; its next one is not due for an hour."""
        links = tuple(
            ListedLink(url=self.address(path, slug), url_key=url_key(self.address(path, slug)))
            for path in paths
        )
        at = self.ago(ago)
        values: dict[str, Any] = {"http_status": 200, "links": links or None}
        look = SectionLook(
            source=slug,
            section="politics",
            started_at=at,
            arrived_at=at + timedelta(seconds=1),
            outcome=outcome,
            **(values | more),
        )
        with self.sessions.begin() as session:
            record_look(session, look)
            session.execute(update(Section).values(next_visit_at=self.ago(-60)))

    def section(self, **values: Any) -> None:
        """Set what the database knows of the section of "paper"."""
        with self.sessions.begin() as session:
            row = find_section(session, "paper", "politics")
            for name, value in values.items():
                setattr(row, name, value)

    def pages(self, count: int, outcome: str, *, ago: float, again: float = 0) -> None:
        """List new addresses of "paper" that give no article, and list them once more."""
        paths = [f"/{outcome}-{number}" for number in range(count)]
        self.look("paper", *paths, ago=ago)
        with self.sessions.begin() as session:
            for path in paths:
                url = self.address(path)
                tried = (url, url_key(url), "paper", outcome, self.ago(ago - 1))
                record_page(session, PageOutcome(*tried, self.ago(-600)))
        if again:
            self.look("paper", *paths, ago=again)

    def articles(self, count: int, *, ago: float, **fields: Any) -> list[int]:
        """Store articles of "paper", a minute apart; ``fields`` may be functions of the number."""
        with self.sessions.begin() as session:
            section = find_section(session, "paper", "politics")
            rows = []
            for number in range(count):
                seen_at = self.ago(ago) + timedelta(minutes=number)
                made = {k: v(number) if callable(v) else v for k, v in fields.items()}
                values: dict[str, Any] = {
                    "source_id": section.source_id,
                    "section_id": section.id,
                    "url": self.address(f"/{ago}/{number}"),
                    "first_seen_at": seen_at,
                    "fetched_at": seen_at,
                    "headline": "Council puts off harbour levy",
                    "article_body": "The council met.",
                    "text_hash": f"{ago}-{number}",
                    "parser_version": "1",
                    "evidence": {},
                    "images": [],
                    "keywords": [],
                    "wire_credit": [],
                    **{name: [] for name in _LISTS},
                }
                rows.append(Article(**(values | made)))
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def delivery(self, **fields: Any) -> None:
        """Raise an alert that is to go to the channel "desk"."""
        (article,) = self.articles(1, ago=90)
        with self.sessions.begin() as session:
            story = Story(title="Levy", first_seen_at=self.now, last_seen_at=self.now)
            watch = Watch(slug="levy", name="Levy", query="levy", created_at=self.now)
            session.add_all((story, watch))
            session.flush()
            alert = Alert(
                watch_id=watch.id,
                story_id=story.id,
                article_id=article,
                reason="new",
                raised_at=self.ago(90),
            )
            session.add(alert)
            session.flush()
            values: dict[str, Any] = {"channel": "desk", "state": "waiting", "key": "k"}
            session.add(Delivery(alert_id=alert.id, **(values | fields)))

    def source_id(self, session: Session) -> int:
        """Return the id of "paper"."""
        return session.scalars(select(Source.id).where(Source.slug == "paper")).one()

    @staticmethod
    def address(path: str, slug: str = "paper") -> str:
        """Return an address of a source."""
        return f"https://{slug}.example{path}"


Make = Callable[[Stage], None]
