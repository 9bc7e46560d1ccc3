"""What hosts got from us, hour by hour"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_conduct"
down_revision = "20261123_stories"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conduct_hours",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("hour_at", TIME, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("conditional", sa.Integer(), nullable=False),
        sa.Column("not_modified", sa.Integer(), nullable=False),
        sa.Column("pushed_back", sa.Integer(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("smallest_gap_seconds", sa.Float(), nullable=True),
        sa.Column("last_at", TIME, nullable=True),
        sa.Column("robots_disallowed", sa.Integer(), nullable=False),
        sa.Column("robots_unreachable", sa.Integer(), nullable=False),
        sa.Column("held_off", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "hour_at", "purpose", name="pk_conduct_hours"),
    )
    op.create_index("ix_conduct_hours_hour_at", "conduct_hours", ["hour_at"])
