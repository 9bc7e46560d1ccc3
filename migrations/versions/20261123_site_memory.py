"""What reading a source's pages teaches"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_site_memory"
down_revision = "20261123_alerts"


ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "source_readings",
        sa.Column("source_id", ROW_ID, nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_readings_source_id"),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_readings"),
    )
    op.add_column("articles", sa.Column("page_key", sa.String(length=64), nullable=True))
