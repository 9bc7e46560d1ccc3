"""PostgreSQL's search vectors beside their articles' numbers, not in a table of their own"""

from alembic import op

revision = "20261123_vectors_inline"
down_revision = "20261123_view_statistics"


def upgrade() -> None:
    _keep_vectors("MAIN")


def downgrade() -> None:
    _keep_vectors("EXTENDED")


def _keep_vectors(storage: str) -> None:
    """Vectors are 3 kB, which PostgreSQL moves out of the row: reading one cost three look-ups."""
    if op.get_bind().dialect.name != "postgresql":
        return
    # What is stored already moves when its value is made anew, and the index with it. In one
    # statement: a new type of a column, be it the old one, begins with the type's own storage.
    op.execute(
        "ALTER TABLE article_search"
        " ALTER COLUMN vector TYPE tsvector USING vector || ''::tsvector,"
        f" ALTER COLUMN vector SET STORAGE {storage}"
    )
