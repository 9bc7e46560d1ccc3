"""Looks a database over: schema, damage, and how much is in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Revision, Section, Source, Visit
from pipelines.storage.schema import require_current, schema_state


@dataclass(frozen=True, slots=True)
class DatabaseReport:
    """``lines`` are for people; ``damage`` is empty when nothing is wrong."""

    lines: tuple[str, ...]
    damage: str = ""


def check_database(engine: Engine) -> DatabaseReport:
    """Return what a check finds. Raises DatabaseError when the schema is not this program's."""
    require_current(engine)
    _, revision = schema_state(engine)
    with Session(engine) as session:
        lines = [f"schema     {revision}"]
        for model in (Source, Section, Visit, Article, Revision):
            count = session.scalar(select(func.count()).select_from(model))
            lines.append(f"{model.__tablename__:10} {count}")
        damage = _damage(session) if engine.dialect.name == "sqlite" else ""
    lines.append(f"integrity  {damage or 'ok'}")
    return DatabaseReport(tuple(lines), damage)


def _damage(session: Session) -> str:
    found = session.scalars(text("PRAGMA integrity_check(5)")).all()
    if found == ["ok"]:
        broken = session.execute(text("PRAGMA foreign_key_check")).first()
        return f"a row of {broken[0]} points nowhere" if broken else ""
    return "; ".join(" ".join(str(line).split()) for line in found)
