"""Creates, upgrades and checks the schema through the migrations."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from pipelines.storage import (
    change_models,
    conduct_models,
    copy_models,
    desk_models,
    event_models,
    history_models,
    memory_models,
    watch_models,
)
from pipelines.storage.database import DatabaseError

SchemaState = Literal["empty", "current", "behind", "unknown"]
# Two programs that start together must not both create the schema; any fixed number serves.
_MIGRATION_LOCK = 0x66_69_72_73_74
# Each knows its own tables and the nouns'; only together do they know all.
_FILES_OF_ROWS = (
    change_models,
    conduct_models,
    copy_models,
    desk_models,
    event_models,
    history_models,
    memory_models,
    watch_models,
)


def schema_state(engine: Engine) -> tuple[SchemaState, str | None]:
    """Return how the database's schema compares with this program's, and its revision.

    "unknown" is a revision this program has never heard of: the database is newer, or another's.
    """
    with engine.connect() as connection:
        return _state(connection)


def _state(connection: Connection) -> tuple[SchemaState, str | None]:
    revision = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_config())
    if revision is None:
        return ("unknown" if _belongs_to_another(connection) else "empty"), None
    if revision == scripts.get_current_head():
        return "current", revision
    try:
        scripts.get_revision(revision)
    except CommandError:
        return "unknown", revision
    return "behind", revision


def _belongs_to_another(connection: Connection) -> bool:
    """Whether the tables already there are another program's.

    A PostgreSQL database may be shared as long as no table has one of our names.
    """
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        tables &= {name for rows in _FILES_OF_ROWS for name in rows.Model.metadata.tables}
    return bool(tables)


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to this program's revision in one transaction; return (before, after).

    Raises DatabaseError when the schema is unknown; the database is then left as it was.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:key)")
            connection.execute(lock, {"key": _MIGRATION_LOCK})
        state, before = _state(connection)
        _refuse_unknown(state, before)
        config = _config()
        config.attributes["connection"] = connection
        if state != "current":
            command.upgrade(config, "head")
        after = ScriptDirectory.from_config(config).get_current_head()
    return before, str(after)


def require_current(engine: Engine) -> None:
    """Raise DatabaseError unless the schema is this program's own."""
    state, revision = schema_state(engine)
    _refuse_unknown(state, revision)
    if state == "empty":
        raise DatabaseError("the database is empty; `firstseen crawl` fills it")
    if state == "behind":
        raise DatabaseError(
            f"the database is at schema {revision}, older than this program; "
            "run `firstseen db upgrade`"
        )


def _refuse_unknown(state: SchemaState, revision: str | None) -> None:
    if state != "unknown":
        return
    if revision is None:
        raise DatabaseError("the database belongs to another program: it has tables but no schema")
    raise DatabaseError(
        f"the database is at schema {revision}, which this firstseen does not know; "
        "use the newer firstseen that wrote it"
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    return config
