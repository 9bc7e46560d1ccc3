"""The changes: one row for each thing that happened, numbered in the order of commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, insert
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.storage.changes import changes_after, newest_change
from pipelines.storage.columns import utc_text
from pipelines.storage.database import session_factory
from pipelines.storage.models import Article
from pipelines.storage.shaping import merge_stories, rename_story
from pipelines.store import store_article
from tests.examples import BODY, at, make_item
from tests.integration.test_storage_schema import (
    OpenDatabase,
    example_row,
    upgrade,
    upgrade_to,
)

Sessions = sessionmaker[Session]


def paragraph(number: int) -> str:
    """A text that is nobody's copy."""
    words = [f"w{number}x{place}" for place in range(120)]
    return "\n".join(" ".join(words[start : start + 12]) + "." for start in range(0, 120, 12))


def store(session: Session, number: int, keeper: StoryKeeper | None = None, **more: object) -> int:
    item = make_item(f"/2026/report-{number}", article_body=paragraph(number), **more)
    item.headline = f"Report {number}"
    return store_article(session, item, stories=keeper).article_id


def told(sessions: Sessions, after: int = 0) -> list[tuple[str, int | None, int | None]]:
    with sessions() as session:
        return [(c.kind, c.article_id, c.number) for c in changes_after(session, after, limit=999)]


def test_everything_that_happens_is_one_row(sessions: Sessions) -> None:
    keeper = StoryKeeper()
    with sessions.begin() as session:
        first, second = store(session, 1, keeper), store(session, 2, keeper)
        stories = [session.get_one(Article, one).story_id or 0 for one in (first, second)]
    with sessions.begin() as session:
        store_article(session, make_item("/2026/report-1", article_body=BODY, fetched_at=at(60)))
    for gone in (at(90), None):
        with sessions.begin() as session:
            session.get_one(Article, first).gone_at = gone
    with sessions.begin() as session:
        merge_stories(session, stories[1], into=stories[0], at=at(95))
        rename_story(session, stories[0], "The levy", at=at(95))

    kinds = [kind for kind, _, _ in told(sessions)]
    assert kinds[:4] == ["article", "joined"] * 2
    assert ("revision", first, 2) in told(sessions)
    assert kinds[5:7] == ["gone", "back"]
    assert sorted(kinds[7:]) == ["joined", "merged", "renamed"]
    with sessions() as session:
        assert [c.id for c in changes_after(session, 0, limit=99)] == list(range(1, 11))
        assert all(change.at > at(-999_999) for change in changes_after(session, 0, limit=99))


def test_what_is_rolled_back_never_happened(sessions: Sessions) -> None:
    with sessions.begin() as session:
        store(session, 1)
        nested = session.begin_nested()
        store(session, 2)
        nested.rollback()
        store(session, 3)
    with sessions() as session:
        store(session, 4)
        session.rollback()

    assert [kind for kind, _, _ in told(sessions)] == ["article", "article"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_transaction_that_began_first_and_ends_last_is_not_skipped(sessions: Sessions) -> None:
    with sessions.begin() as session:
        first = store(session, 1)
    early = sessions()
    early.get_one(Article, first).gone_at = at(30)
    early.flush()  # begun first, and nobody sees it yet
    with sessions.begin() as session:
        quick = store(session, 2)
    with sessions() as session:
        seen = newest_change(session)
    assert told(sessions)[-1] == ("article", quick, None)

    early.commit()
    early.close()

    assert told(sessions, after=seen) == [("gone", first, None)]


def test_a_reader_misses_nothing_of_several_writers(
    sessions: Sessions, engine: Engine, database_url: str, open_database: Callable[..., Engine]
) -> None:
    """Writers that commit out of order, and a reader that only ever asks for what follows."""
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        reading = session_factory(open_database(database_url, read_only=True))
        last = 0
        while True:
            is_last = done.is_set()
            with reading() as session:
                rows = changes_after(session, last, limit=7)
            seen.extend(row.id for row in rows)
            last = rows[-1].id if rows else last
            if is_last and not rows:
                return

    def write(writer: int) -> None:
        for turn in range(8):
            with sessions.begin() as session:
                for part in range(3):
                    store(session, writer * 1000 + turn * 10 + part)

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(3)))
    done.set()
    reader.join(20)

    with sessions() as session:
        assert newest_change(session) == 3 * 8 * 3
    assert seen == list(range(1, 3 * 8 * 3 + 1))  # in order, each once, none missing


def add_old_rows(engine: Engine) -> None:
    """Two articles, one of them edited, the other gone; stored in another order than seen."""
    tables = MetaData()
    tables.reflect(engine)

    def add(name: str, nth: int, /, **values: Any) -> None:
        table = tables.tables[name]
        is_text = engine.dialect.name == "sqlite"
        times = {k: utc_text(v) if is_text else v for k, v in values.items() if k.endswith("_at")}
        row = {**example_row(table, nth), "gone_at": None, **values, **times}
        known = {column.name: row[column.name] for column in table.columns}
        with engine.begin() as connection:
            connection.execute(insert(table), known)

    for name in ("sources", "sections", "stories"):
        add(name, 1)
    add("articles", 1, source_id=1, story_id=1, section_id=1, first_seen_at=at(5))
    add("articles", 2, source_id=1, story_id=1, section_id=1, first_seen_at=at(0), gone_at=at(20))
    add("revisions", 1, article_id=1, number=1, observed_at=at(5))
    add("revisions", 2, article_id=1, number=2, observed_at=at(9))


def test_an_upgrade_numbers_what_happened_before(
    empty_database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(empty_database_url, create=True)
    upgrade_to(engine, "20261123_site_memory")
    add_old_rows(engine)

    upgrade(engine)

    with session_factory(engine)() as session:
        rows = changes_after(session, 0, limit=99)
    assert [(row.id, row.kind, row.article_id, row.at) for row in rows] == [
        (1, "article", 2, at(0)),
        (2, "article", 1, at(5)),
        (3, "revision", 1, at(9)),
        (4, "gone", 2, at(20)),
    ]
