"""Takes the analysts' views out of the way of a migration that alters a table under them.

A column that a view reads can be dropped or altered on neither database while the view is there.
The views come back as they were, from the database itself, so that this file never has to know
them. A migration that changes what a view says drops it and creates the new one afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid"
# In the order in which they were made: a view may read those before it.
_POSTGRES = """
SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c
WHERE c.relkind = 'v' AND c.relnamespace = current_schema()::regnamespace AND c.relname LIKE 'v\\_%'
ORDER BY c.oid"""
_GRANTS = """
SELECT c.relname, a.privilege_type,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relkind = 'v' AND c.relnamespace = current_schema()::regnamespace AND c.relname LIKE 'v\\_%'
  AND a.grantee <> c.relowner"""


@contextmanager
def views_aside(connection: Connection) -> Iterator[None]:
    """Drop the views for the time of the block, then make them again with who may read them."""
    is_sqlite = connection.dialect.name == "sqlite"
    found = connection.execute(text(_SQLITE if is_sqlite else _POSTGRES)).all()
    grants = [] if is_sqlite else connection.execute(text(_GRANTS)).all()
    for name, _ in reversed(found):
        connection.execute(text(f'DROP VIEW "{name}"'))
    yield
    for name, query in found:
        statement = query if is_sqlite else f'CREATE VIEW "{name}" AS {query}'
        connection.execute(text(statement.replace(":", r"\:")))
    for name, privilege, who in grants:
        connection.execute(text(f'GRANT {privilege} ON "{name}" TO {who}'))
