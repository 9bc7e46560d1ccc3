"""How Alembic runs our migrations: on the connection it is handed, in one transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator

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


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as plain SQLAlchemy, so that a migration imports nothing of ours."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item.impl, DateTime):
        return 'sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")'
    return f"sa.{item.impl!r}"


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the full-text tables out of comparisons: they are made by hand."""
    return not (kind == "table" and name is not None and name.startswith("article_search"))


# These files of rows build on the nouns' file: with them, every table is known.
FILES_OF_ROWS = (
    change_models,
    conduct_models,
    copy_models,
    desk_models,
    event_models,
    history_models,
    memory_models,
    watch_models,
)
target = next(rows.Model.metadata for rows in FILES_OF_ROWS)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=target,
    render_item=render_item,
    include_name=include_name,
    compare_type=False,
    transactional_ddl=True,
    render_as_batch=False,
)
context.run_migrations()
