"""What could not be read of a source's pages, by day and field"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_reading_faults"
down_revision = "20261130_source_history"


def upgrade() -> None:
    op.add_column("source_readings", sa.Column("faults", sa.JSON(), nullable=True))
