"""The schema: made, upgraded, compared, refused, and never left half made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from pipelines import storage
from pipelines.storage import schema
from pipelines.storage.database import DatabaseError
from pipelines.storage.models import Model
from pipelines.storage.schema import require_current, schema_state, upgrade

for _module in iter_modules(storage.__path__, "pipelines.storage."):
    if _module.name.endswith("models"):
        import_module(_module.name)  # with all of them, Model.metadata knows every table

OpenDatabase = Callable[..., Engine]
REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(schema._config()).walk_revisions()))
]


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def upgrade_to(engine: Engine, revision: str) -> None:
    """Bring a database to an older revision, as an older program would have left it."""
    with engine.begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_an_empty_database_gets_the_whole_schema(
    empty_database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(empty_database_url, create=True)

    before, after = upgrade(engine)

    assert (before, after) == (None, REVISIONS[-1])
    assert set(Model.metadata.tables) <= tables_of(engine)
    assert schema_state(engine) == ("current", after)
    require_current(engine)


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    assert upgrade(engine) == (REVISIONS[-1], REVISIONS[-1])


def test_the_models_describe_what_the_migrations_make(engine: Engine) -> None:
    def include_name(name: str | None, kind: str, _parents: Any) -> bool:
        return not (kind == "table" and (name or "").startswith("article_search"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": include_name})
        differences = compare_metadata(context, Model.metadata)

    assert differences == []


def test_times_of_all_tables_have_a_zone(engine: Engine) -> None:
    """A column of the wrong kind would compare and sort wrongly on one of the databases."""
    kind = "VARCHAR(27)" if engine.dialect.name == "sqlite" else "TIMESTAMP"

    found = {
        f"{table}.{column['name']}": str(column["type"])
        for table in Model.metadata.tables
        for column in inspect(engine).get_columns(table)
        if column["name"].endswith(("_at", "_until"))
    }

    assert found
    assert set(found.values()) == {kind}


# ---------------------------------------------------------------- upgrades with rows in them


def example_row(table: Table, number: int) -> dict[str, Any]:
    """Return values for every column of a table as it was at some revision."""
    return {column.name: example_value(column.type, number) for column in table.columns}


def example_value(kind: TypeEngine[Any], number: int) -> Any:
    if isinstance(kind, JSON):
        return [number]
    if isinstance(kind, DateTime):
        return datetime(2026, 11, 23, 9, number, tzinfo=UTC)
    if isinstance(kind, LargeBinary):
        return bytes([number])
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Float | Integer | Numeric):
        return number
    assert isinstance(kind, String), kind
    is_time = kind.length == 27  # UtcDateTime on SQLite
    return f"2026-11-23T09:46:47.{number:06}Z" if is_time else f"{number} text"[: kind.length]


def fill(engine: Engine, rows: int = 3) -> None:
    """Put rows into every table of a database, whatever its revision."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith(("article_search", "alembic")):
                continue
            values = [example_row(table, number) for number in range(1, rows + 1)]
            connection.execute(insert(table), values)


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
            if not table.name.startswith(("article_search", "alembic"))
        }


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_with_rows_is_upgraded_from_every_revision(
    revision: str, empty_database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(empty_database_url, create=True)
    upgrade_to(engine, revision)
    fill(engine)
    before = contents(engine)

    upgrade(engine)

    after = contents(engine)
    assert schema_state(engine)[0] == "current"
    for table, rows in before.items():
        assert len(after[table]) == len(rows) > 0, table
        pairs = zip(rows, after[table], strict=True)
        kept = [{name: new[name] for name in old} for old, new in pairs]
        assert kept == rows, table


def test_the_vectors_of_an_older_archive_move_into_their_rows(
    postgres_database: Callable[[str], str], open_database: OpenDatabase
) -> None:
    engine = open_database(postgres_database("template0"))
    upgrade_to(engine, "20261123_view_statistics")
    fill(engine)
    words = " ".join(f"'{number:x}word':{number}A,{number + 7}" for number in range(1, 200))
    put = "INSERT INTO article_search SELECT id, CAST(:words AS tsvector) FROM articles"
    kept = "SELECT vector::text FROM article_search ORDER BY article_id"
    beside = "SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE relname = 'article_search'"
    with engine.begin() as connection:
        connection.execute(text(put), {"words": words})
        before = connection.scalars(text(kept)).all()
        assert connection.scalar(text(beside)) > 0

    upgrade(engine)

    with engine.begin() as connection:
        assert connection.scalars(text(kept)).all() == before
        assert connection.scalar(text(beside)) == 0
        found = "SELECT count(*) FROM article_search WHERE vector @@ CAST(:words AS tsquery)"
        assert connection.scalar(text(found), {"words": "'c7word':D"}) == len(before)
        assert connection.scalar(text(found), {"words": "'c8word'"}) == 0


# ---------------------------------------------------------------- refusals


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_a_newer_schema_is_refused_in_one_line(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '20991231_jetpacks'"))

    for refused in (upgrade, require_current):
        with pytest.raises(DatabaseError, match=r"_jetpacks, .* use the newer firstseen") as e:
            refused(engine)
        assert "\n" not in str(e.value)


def test_an_older_schema_is_told_how_to_upgrade(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptDirectory, "get_current_head", lambda self: "20991231_jetpacks")

    with pytest.raises(DatabaseError, match="run `firstseen db upgrade`"):
        require_current(engine)


def test_a_newer_file_is_left_byte_for_byte(tmp_path: Path, open_database: OpenDatabase) -> None:
    path = tmp_path / "firstseen.db"
    engine = open_database(f"sqlite:///{path}", create=True)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '20991231_jetpacks'"))
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    before = digest(path)

    with pytest.raises(DatabaseError):
        upgrade(engine)

    assert digest(path) == before


def test_another_programs_file_is_left_byte_for_byte(
    tmp_path: Path, open_database: OpenDatabase
) -> None:
    path = tmp_path / "accounts.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE invoices (id INTEGER PRIMARY KEY)")
    connection.close()
    before = digest(path)
    engine = open_database(f"sqlite:///{path}", create=True)

    for refused in (upgrade, require_current):
        with pytest.raises(DatabaseError, match="belongs to another program"):
            refused(engine)

    assert digest(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["accounts.db"]


def test_a_postgresql_database_may_be_shared_but_not_a_table(
    postgres_database: Callable[[str], str], open_database: OpenDatabase
) -> None:
    engine = open_database(postgres_database("template0"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INT PRIMARY KEY)"))
    assert schema_state(engine) == ("empty", None)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE articles (id INT PRIMARY KEY)"))

    with pytest.raises(DatabaseError, match="belongs to another program"):
        upgrade(engine)

    assert tables_of(engine) == {"invoices", "articles"}


# ---------------------------------------------------------------- half-way and at once


def break_after(statements: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every migration fail once it has made so many tables."""
    from alembic.operations import Operations

    made = 0
    create_table = Operations.create_table

    def failing(self: Operations, *args: Any, **more: Any) -> Any:
        nonlocal made
        made += 1
        if made > statements:
            raise RuntimeError("the power is gone")
        return create_table(self, *args, **more)

    monkeypatch.setattr(Operations, "create_table", failing)


@pytest.mark.parametrize("statements", [1, 7, 14])
def test_a_migration_that_fails_half_way_leaves_nothing(
    statements: int,
    empty_database_url: str,
    open_database: OpenDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = open_database(empty_database_url, create=True)
    with monkeypatch.context() as patch:
        break_after(statements, patch)
        with pytest.raises(RuntimeError, match="the power is gone"):
            upgrade(engine)
    assert tables_of(engine) == set()
    assert schema_state(engine) == ("empty", None)

    upgrade(engine)

    assert schema_state(engine)[0] == "current"


def test_two_programs_may_upgrade_at_once(
    empty_database_url: str, open_database: OpenDatabase
) -> None:
    engines = [open_database(empty_database_url, create=True) for _ in range(2)]

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(upgrade, engines))

    assert sorted(results, key=str) == [(REVISIONS[-1], REVISIONS[-1]), (None, REVISIONS[-1])]
    with engines[0].connect() as connection:
        assert connection.scalar(select(func.count()).select_from(text("alembic_version"))) == 1
