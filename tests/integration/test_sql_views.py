"""The analysts' views: documented, the same on both databases, and of one mind with the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.orm import Session

from migrations.views_aside import views_aside
from pipelines.export.sql_reference import column_meanings, written_anew
from pipelines.storage import schema
from pipelines.storage.alerts import count_publishers, sightings_of
from pipelines.storage.cookbook import COOKBOOK
from pipelines.storage.coverage import coverage
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Revision, Source, Story
from pipelines.storage.read_only import ask
from pipelines.storage.sql_text import read_statement
from pipelines.storage.stories import find_story
from pipelines.storage.view_columns import VIEWS
from tests.conftest import DIALECTS, REPOSITORY, prepared_database
from tests.examples import NOON
from tests.integration.newsroom_rows import BEGIN, fill_newsroom

VALUES = {
    "since": "2026-11-21",
    "story": "4",
    "article": "2",
    "source": "river-mail",
    "agency": "AP",
    "publishers": "1",
}
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def newsrooms(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The address of a database with the same rows, by dialect."""
    urls = {}
    for dialect in DIALECTS:
        folder = tmp_path_factory.mktemp("newsroom")
        urls[dialect] = prepared_database(dialect, request, folder, "postgres_databases")
        engine = open_engine(urls[dialect])
        with session_factory(engine).begin() as session:
            fill_newsroom(session)
        engine.dispose()
    return urls


@pytest.fixture(params=DIALECTS)
def newsroom(request: pytest.FixtureRequest, newsrooms: dict[str, str]) -> str:
    """One of them."""
    return newsrooms[request.param]


@pytest.fixture
def session(newsroom: str, open_database: Callable[..., Engine]) -> Iterator[Session]:
    """A session that reads it."""
    with session_factory(open_database(newsroom, read_only=True))() as session:
        yield session


def rows_of(url: str, query: str) -> tuple[tuple[str, ...], Rows]:
    with ask(url, query, VALUES) as answer:
        return answer.columns, list(answer.rows)


# ---------------------------------------------------------------- documented


def test_every_column_of_every_view_is_documented(newsroom: str) -> None:
    engine = open_engine(newsroom)
    found = inspect(engine)

    assert set(found.get_view_names()) == set(VIEWS)
    for view in VIEWS:
        columns, _ = rows_of(newsroom, f"SELECT * FROM {view} LIMIT 1")
        assert columns == tuple(column_meanings(view)), view
    engine.dispose()


def test_the_page_says_what_the_views_and_the_cookbook_say() -> None:
    page = (REPOSITORY / "docs" / "sql.md").read_text("utf-8")

    assert written_anew(page) == page, "python -m pipelines.export.sql_reference docs/sql.md"


def test_every_column_means_something() -> None:
    for view in VIEWS:
        for column, meaning in column_meanings(view).items():
            assert meaning.endswith((".", ")")), f"{view}.{column}"
            assert "|" not in meaning


# ---------------------------------------------------------------- the same on both databases


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_same_rows_on_both_databases(view: str, newsrooms: dict[str, str]) -> None:
    found = [rows_of(newsrooms[dialect], f"SELECT * FROM {view}") for dialect in DIALECTS]
    (columns, sqlite), (other_columns, postgres) = found

    assert columns == other_columns
    assert sorted(map(repr, sqlite)) == sorted(map(repr, postgres))
    assert len(sqlite) > 3


@pytest.mark.parametrize("name", COOKBOOK)
def test_a_question_of_the_cookbook_has_one_answer(name: str, newsrooms: dict[str, str]) -> None:
    query = COOKBOOK[name][2]
    sqlite, postgres = (rows_of(newsrooms[dialect], query) for dialect in DIALECTS)

    assert sqlite == postgres
    assert sqlite[1], "an answer that shows nothing proves nothing"


def test_the_cookbook_asks_the_views_only() -> None:
    tables = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
    for name, (question, _, query) in COOKBOOK.items():
        asked = set(tables.findall(query)) - {"ranked"}
        assert asked <= set(VIEWS), name
        assert question.endswith("?")
        assert read_statement(query).sql == query
    assert len(COOKBOOK) >= 15


def test_times_are_iso_8601_in_utc(newsroom: str) -> None:
    shape = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
    seen = 0
    for view in VIEWS:
        columns, rows = rows_of(newsroom, f"SELECT * FROM {view}")
        for row in rows:
            for name, value in zip(columns, row, strict=True):
                if name.endswith("_at") or name in ("date_published", "date_modified"):
                    assert value is None or shape.fullmatch(value), f"{view}.{name}"
                    seen += value is not None
    assert seen > 1000


def test_lists_are_readable_text(newsroom: str) -> None:
    _, rows = rows_of(
        newsroom,
        "SELECT authors, keywords, robots_directives FROM v_articles WHERE authors LIKE 'Z%'",
    )

    assert set(rows) == {("Zoë Birk; Ada Alder", "levy; harbour; tax", None)}


# ---------------------------------------------------------------- of one mind with the program


def test_stories_count_as_the_program_counts(newsroom: str, session: Session) -> None:
    columns, rows = rows_of(newsroom, "SELECT * FROM v_stories WHERE articles > 0")
    assert rows
    for row in rows:
        story = dict(zip(columns, row, strict=True))
        report = find_story(session, story["story_id"])
        told = {
            "articles": report.articles,
            "copies": report.copies,
            "revisions": report.revisions,
            "sources": len(report.who_first.placings),
            "independent_publishers": report.who_first.independent,
            "first_sources": "; ".join(report.who_first.first),
            "is_decided": int(report.who_first.decided),
        }
        assert {name: story[name] for name in told} == told
        assert set((story["agencies"] or "").split("; ")) - {""} == set(report.who_first.agencies)
        independent = count_publishers(sightings_of(session, report.story_id))
        assert story["independent_publishers"] == independent


def test_a_story_merged_into_another_is_no_row_of_its_own(newsroom: str, session: Session) -> None:
    merged = set(session.scalars(select(Story.id).where(Story.merged_into_id.is_not(None))))
    _, rows = rows_of(newsroom, "SELECT story_id FROM v_stories")

    assert merged
    assert not merged & {row[0] for row in rows}


def test_who_was_first_is_as_the_program_says(newsroom: str, session: Session) -> None:
    query = """SELECT rank, source, article_id, undecidable_with, is_first, articles
        FROM v_who_first WHERE story_id = :story ORDER BY first_seen_at, article_id"""
    stories = set(session.scalars(select(Article.story_id)))
    assert len(stories) > 5
    for story in stories:
        assert story is not None
        with ask(newsroom, query, {"story": str(story)}) as answer:
            found = list(answer.rows)
        assert found == [
            (
                placing.rank,
                placing.sighting.source,
                placing.sighting.article_id,
                "; ".join(placing.undecidable) or None,
                int(placing.rank == 1),
                placing.more_articles + 1,
            )
            for placing in find_story(session, story).who_first.placings
        ]


def test_an_hour_is_covered_as_the_program_says(newsroom: str, session: Session) -> None:
    """Hours of sources, put together from the looks the program knows."""
    until = NOON + timedelta(hours=1)
    begin = BEGIN.replace(minute=0)
    expected: dict[tuple[str, str], list[Any]] = {}
    for section in coverage(session, sources=(), since=begin, until=until):
        for look in section.looks:
            hour = look.at.replace(minute=0, second=0, microsecond=0)
            key = (section.source, hour.isoformat().replace("+00:00", ".000000Z"))
            expected.setdefault(key, []).append(look)

    columns, rows = rows_of(newsroom, "SELECT * FROM v_coverage")
    hours = [dict(zip(columns, row, strict=True)) for row in rows]

    assert len(hours) == len({(h["source"], h["hour_at"]) for h in hours})
    for hour in hours:
        looks = expected.pop((hour["source"], hour["hour_at"]), [])
        assert hour["looks"] == len(looks)
        assert hour["completed"] == sum(look.completed for look in looks)
        assert hour["new_links"] == sum(look.new_links for look in looks)
        assert hour["window_overflows"] == sum(look.window_overflow for look in looks)
        assert hour["failed"] + hour["blocked"] + hour["completed"] == hour["looks"]
        assert hour["state"] == _state(looks)
    assert expected == {}


def _state(looks: list[Any]) -> str:
    if any(look.new_links for look in looks):
        return "new"
    if any(look.completed for look in looks):
        return "quiet"
    if any(look.outcome == "robots" for look in looks):
        return "blocked"
    return "failed" if looks else "none"


def test_silence_is_told_from_the_last_completed_look(newsroom: str, session: Session) -> None:
    _, rows = rows_of(newsroom, "SELECT source, hour_at, last_completed_at FROM v_coverage")
    looks: dict[str, list[str]] = {}
    for section in coverage(session, sources=(), since=BEGIN, until=NOON + timedelta(hours=1)):
        times = [look.at.isoformat(timespec="microseconds") for look in section.looks
                 if look.completed]  # fmt: skip
        looks.setdefault(section.source, []).extend(t.replace("+00:00", "Z") for t in times)
    for source, hour, last in rows:
        end = f"{hour[:13]}:59:59.999999Z"
        assert last == max((at for at in looks.get(source, []) if at <= end), default=None)


def test_a_wording_is_compared_with_the_good_one_before(newsroom: str, session: Session) -> None:
    _, rows = rows_of(newsroom, "SELECT revision_id, headline_before FROM v_revisions")
    wordings: dict[int, list[Revision]] = {}
    for row in session.scalars(select(Revision).order_by(Revision.number)):
        wordings.setdefault(row.article_id, []).append(row)
    expected = {
        row.id: next((b.headline for b in reversed(several[:place]) if b.kind != "replaced"), None)
        for several in wordings.values()
        for place, row in enumerate(several)
    }

    assert dict(rows) == expected


def test_weeks_begin_on_monday(newsroom: str) -> None:
    _, rows = rows_of(newsroom, "SELECT DISTINCT observed_at, week FROM v_headline_changes")

    assert {week for _, week in rows} <= {"2026-11-16", "2026-11-23"}
    assert all((at >= "2026-11-23") == (week == "2026-11-23") for at, week in rows)


# ---------------------------------------------------------------- migrations


def test_a_column_under_a_view_can_be_dropped_with_the_views_aside(
    newsrooms: dict[str, str], dialect: str, database_url: str, open_database: Callable[..., Engine]
) -> None:
    engine = open_database(database_url)
    before = rows_of(database_url, "SELECT * FROM v_sources_health")
    if dialect == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("GRANT SELECT ON v_articles TO PUBLIC"))

    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE sources ADD COLUMN motto TEXT"))
        with views_aside(connection):
            assert inspect(connection).get_view_names() == []
            connection.execute(text("ALTER TABLE sources DROP COLUMN motto"))
            connection.execute(text("ALTER TABLE sources RENAME COLUMN wikidata TO other"))
            connection.execute(text("ALTER TABLE sources RENAME COLUMN other TO wikidata"))

    assert rows_of(database_url, "SELECT * FROM v_sources_health") == before
    assert set(inspect(engine).get_view_names()) == set(VIEWS)
    if dialect == "postgresql":
        with engine.begin() as connection:
            public = connection.execute(
                text("SELECT count(*) FROM information_schema.role_table_grants"
                     " WHERE table_name = 'v_articles' AND grantee = 'PUBLIC'")
            ).scalar()  # fmt: skip
            assert public == 1


def test_the_views_can_be_taken_away_again(
    database_url: str, open_database: Callable[..., Engine]
) -> None:
    engine = open_database(database_url)
    views = ScriptDirectory.from_config(schema._config()).get_revision("20261123_views").module
    indexes = {"ix_articles_story_source_seen", "ix_revisions_later"}

    def names() -> tuple[set[str], set[str]]:
        found = inspect(engine)
        several = found.get_indexes("articles") + found.get_indexes("revisions")
        return set(found.get_view_names()), indexes & {str(index["name"]) for index in several}

    for step, left in ((views.downgrade, (set(), set())), (views.upgrade, (set(VIEWS), indexes))):
        with (
            engine.begin() as connection,
            Operations.context(MigrationContext.configure(connection)),
        ):
            step()
        assert names() == left


def test_comparing_the_schema_is_not_disturbed_by_views(newsroom: str) -> None:
    """No index on an expression: reading the schema of SQLite would warn of it."""
    engine = create_engine(newsroom) if newsroom.startswith("sqlite") else open_engine(newsroom)
    assert all(inspect(engine).get_indexes(table) is not None for table in ("articles", "visits"))
    engine.dispose()


def test_every_file_of_rows_is_known_where_the_schema_is_judged() -> None:
    folder = REPOSITORY / "pipelines" / "storage"
    files = {path.stem for path in folder.glob("*_models.py")}

    for judge in (folder / "schema.py", REPOSITORY / "migrations" / "env.py"):
        assert files <= set(re.findall(r"\w+_models", Path(judge).read_text("utf-8"))), judge


def test_sources_without_any_look_have_a_row(newsroom: str, session: Session) -> None:
    _, rows = rows_of(newsroom, "SELECT source, state FROM v_sources_health")

    assert {slug for slug, _ in rows} == set(session.scalars(select(Source.slug)))
    assert {state for _, state in rows} == {"never"}


def test_postgresql_knows_how_many_rows_a_period_of_a_view_has(newsrooms: dict[str, str]) -> None:
    """Otherwise it would plan for a third of all rows, whatever the period."""
    engine = open_engine(newsrooms["postgresql"])
    with engine.begin() as connection:
        connection.execute(text("ANALYZE articles"))
        query = "EXPLAIN SELECT 1 FROM v_articles WHERE first_seen_at >= '2026-11-23T11\\:55'"
        plan = [row[0] for row in connection.execute(text(query))]
        known = connection.execute(text("SELECT count(*) FROM articles")).scalar_one()
    engine.dispose()
    scan = next(line for line in plan if "articles a" in line)
    assert int(re.findall(r"rows=(\d+)", scan)[0]) < known / 10, plan
