"""Exports hold what the archive holds, whole, on both databases."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session, sessionmaker

from pipelines.export import story_rows
from pipelines.export.asked import Asked, asked_of
from pipelines.export.columns import TABLES, Noun
from pipelines.export.csv_file import write_csv
from pipelines.export.json_lines import write_json_lines
from pipelines.export.parquet_file import write_parquet
from pipelines.export.tables import count_rows, iter_records, iter_rows
from pipelines.group import StoryKeeper
from pipelines.items import ArticleImage
from pipelines.operator_error import UsageError
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article
from pipelines.storage.search import SearchQuery
from pipelines.storage.visits import record_look
from pipelines.store import store_once_more
from pipelines.watch_files import WatchDefinition, parse_definition
from tests.conftest import DIALECTS, prepared_database
from tests.examples import BODY, at, claimed, make_item, make_look

Sessions = sessionmaker[Session]
STORM = "\n".join(
    f"Gusts of {n} knots tore roofs off sheds along the coast." for n in range(60, 70)
)
SENATE = BODY.replace("council", "senate")


@pytest.fixture(scope="module", params=DIALECTS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sessions]:
    """An archive that no test changes."""
    folder = tmp_path_factory.mktemp("export")
    engine = open_engine(prepared_database(request.param, request, folder, "postgres_databases"))
    sessions = session_factory(engine)
    fill(sessions)
    yield sessions
    engine.dispose()


def fill(sessions: Sessions) -> None:
    """Store the levy told by two papers, one of which edited it; a storm; two looks."""
    stories = StoryKeeper()
    with sessions.begin() as session:
        record_look(session, make_look("/2026/harbour-levy-vote-1"))
        record_look(session, make_look("/2026/harbour-levy-vote-1", minute=5))
    details: dict[str, Any] = {
        "authors": ["Ann Lee", "Bo; Chan"],
        "images": [ArticleImage("https://valleypost.example/p.jpg", "Harbour", "A. Lee")],
        "date_published": claimed(at(-30)),
    }
    items = [
        make_item(**details),
        make_item(
            "/2026/levy",
            url="https://courier.example/2026/levy",
            source="harbour-courier",
            first_seen_at=at(4),
            not_seen_at=at(2),
        ),
        make_item(
            "/2026/storm-2",
            headline="Storm",
            article_body=STORM,
            first_seen_at=at(9),
            section="front",
        ),
        make_item(
            article_body=SENATE,
            headline="Senate puts off harbour levy",
            fetched_at=at(60),
            **details,
        ),
    ]
    for item in items:
        with sessions.begin() as session:
            store_once_more(session, item, stories=stories)


def rows(sessions: Sessions, noun: Noun, asked: Asked | None = None) -> list[dict[str, Any]]:
    with sessions() as session:
        return list(iter_rows(session, noun, asked or Asked()))


def watch(**keys: Any) -> WatchDefinition:
    table = {"name": "Levy", "query": "levy"} | keys
    return parse_definition(table, slug="levy", where="levy.toml", lists={})


@pytest.mark.parametrize("noun", list(TABLES))
def test_rows_have_the_columns_that_are_documented_and_records_say_the_same(
    archive: Sessions, noun: Noun
) -> None:
    found = rows(archive, noun)
    with archive() as session:
        records = list(iter_records(session, noun, Asked()))
        count = count_rows(session, noun, Asked())

    assert len(found) == len(records) == count > 1
    assert [record["id"] for record in records] == [row["id"] for row in found]
    for row in found:
        assert list(row) == [column.name for column in TABLES[noun]]


def test_an_article_is_told_with_all_that_is_known(archive: Sessions) -> None:
    row = rows(archive, "articles")[-1]
    with archive() as session:
        record = list(iter_records(session, "articles", Asked()))[-1]

    assert row["headline"] == record["headline"] == "Senate puts off harbour levy"
    assert (row["section"], record["section"]) == ("politics", "politics")
    assert row["first_seen_at"] == at(0)
    assert (row["image_url"], row["image_credit"]) == ("https://valleypost.example/p.jpg", "A. Lee")
    assert row["authors"] == ["Ann Lee", "Bo; Chan"]
    assert record["author"][1] == {"@type": "Person", "name": "Bo; Chan"}
    assert record["storyId"] == row["story_id"]


def test_a_story_tells_who_had_it_first(archive: Sessions) -> None:
    storm, levy = rows(archive, "stories")

    assert storm["articles"] == 1
    assert levy["first_sources"] == ["valley-post"]
    assert levy["first_decided"] is True
    assert levy["sources"] == ["valley-post", "harbour-courier"]
    assert (levy["articles"], levy["copies"], levy["revisions"]) == (2, 1, 1)
    assert len(levy["article_ids"]) == 2


def test_every_wording_is_a_row(archive: Sessions) -> None:
    found = rows(archive, "revisions")

    assert [(row["number"], row["headline_changed"]) for row in found].count((2, True)) == 1
    assert found[0]["article_body"] == SENATE
    assert {row["source"] for row in found} == {"valley-post", "harbour-courier"}


@pytest.mark.parametrize(
    ("noun", "query", "count"),
    [
        ("articles", SearchQuery("levy"), 2),
        ("articles", SearchQuery(since=at(4)), 2),
        ("articles", SearchQuery(until=at(4)), 1),
        ("articles", SearchQuery("levy", since=at(4)), 1),
        ("articles", SearchQuery(sources=("valley-post",)), 2),
        ("articles", SearchQuery(sources=("nobody",)), 0),
        ("articles", SearchQuery("zebra"), 0),
        ("stories", SearchQuery("levy"), 1),
        ("stories", SearchQuery(since=at(9)), 1),
        ("stories", SearchQuery(until=at(4)), 1),
        ("stories", SearchQuery(sources=("harbour-courier",)), 1),
        ("revisions", SearchQuery("levy"), 3),
        ("revisions", SearchQuery("senate"), 2),  # of an article that means it now
        ("revisions", SearchQuery("levy", since=at(30)), 1),
        ("revisions", SearchQuery(since=at(30)), 1),
        ("revisions", SearchQuery(sources=("harbour-courier",)), 1),
        ("visits", SearchQuery(since=at(3)), 1),
        ("visits", SearchQuery(sources=("harbour-courier",)), 0),
    ],
)
def test_only_what_is_asked_for_is_exported(
    archive: Sessions, noun: Noun, query: SearchQuery, count: int
) -> None:
    with archive() as session:
        told = count_rows(session, noun, Asked(query))

    assert len(rows(archive, noun, Asked(query))) == count
    assert told in (None, count)


@pytest.mark.parametrize(
    ("keys", "query", "found"),
    [
        ({}, SearchQuery(), 2),
        ({"sources": ["harbour-courier"]}, SearchQuery(), 1),
        ({"sources": ["harbour-courier"]}, SearchQuery(sources=("valley-post",)), 0),
        ({"query": "levy OR storm"}, SearchQuery(), 3),
        ({"query": "levy OR storm", "sections": ["front"]}, SearchQuery(), 1),
        ({"query": "levy OR storm"}, SearchQuery("-senate"), 2),
        ({}, SearchQuery(since=at(3)), 1),
    ],
)
def test_a_watch_is_exported_with_its_sources_and_sections(
    archive: Sessions, keys: dict[str, Any], query: SearchQuery, found: int
) -> None:
    assert len(rows(archive, "articles", asked_of(query, watch(**keys)))) == found


def test_visits_have_no_words(archive: Sessions) -> None:
    with pytest.raises(UsageError, match="visits have no text"):
        rows(archive, "visits", Asked(SearchQuery("levy")))


@pytest.mark.parametrize("noun", list(TABLES))
def test_an_archive_with_nothing_in_it_exports_a_table_with_nothing_in_it(
    sessions: Sessions, noun: Noun
) -> None:
    parquet, table = io.BytesIO(), io.BytesIO()
    write_parquet(rows(sessions, noun), noun, TABLES[noun], parquet)
    write_csv(rows(sessions, noun), TABLES[noun], table)

    assert parquet.getvalue()[:4] == b"PAR1"
    assert table.getvalue().count(b"\r\n") == 1


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("noun", list(TABLES))
def test_the_server_keeps_the_rows_until_they_are_asked_for(
    sessions: Sessions, noun: Noun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_rows, "_AT_ONCE", 1)
    fill(sessions)
    with sessions() as session:
        found = iter_rows(session, noun, Asked())
        next(found)

        held = session.execute(text("SELECT count(*) FROM pg_cursors")).scalar_one()
        list(found)
        left = session.execute(text("SELECT count(*) FROM pg_cursors")).scalar_one()

    assert (held, left) == (1, 0)


def test_what_no_file_can_hold_harms_no_export(
    sessions: Sessions,
) -> None:
    """JSON columns can hold half a character; another program may have put a NUL anywhere."""
    fill(sessions)
    hostile = ["half \ud83d", "nul \0 nul"]
    with sessions.begin() as session:
        session.execute(update(Article).values(authors=hostile, keywords=hostile))
    written = [io.BytesIO() for _ in range(3)]
    with sessions() as session:
        write_csv(iter_rows(session, "articles", Asked()), TABLES["articles"], written[0])
        write_json_lines(iter_records(session, "articles", Asked()), written[1])
        columns = TABLES["articles"]
        write_parquet(iter_rows(session, "articles", Asked()), "articles", columns, written[2])

    assert b"half ; nul  nul" in written[0].getvalue()
    assert b'"half ", "nul  nul"' in written[1].getvalue()
    assert {tuple(row["authors"]) for row in rows(sessions, "articles")} == {("half ", "nul  nul")}
