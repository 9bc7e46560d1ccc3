"""When a section was last read whole and to its last byte: a 304 alone bounds no interval"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_last_read"
down_revision = "20261130_site_words"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    # Empty: nobody noted which of the looks before were sent. The next whole one is the first.
    op.add_column("sections", sa.Column("last_read_at", TIME, nullable=True))
