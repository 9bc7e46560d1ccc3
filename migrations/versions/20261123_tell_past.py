"""When a new watch was told of the time before it"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_tell_past"
down_revision = "20261123_views"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("watches", sa.Column("told_past_at", TIME, nullable=True))
