"""Alerts that say why, messages with keys, and how each channel's receiver answers"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_alerts"
down_revision = "20261123_wordings_and_vectors"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("alerts", sa.Column("query", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "alerts", sa.Column("publishers", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("alerts", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    op.create_index("ix_alerts_story_id", "alerts", ["story_id"])
    op.create_index("ix_stories_merged_into_id", "stories", ["merged_into_id"])
    op.add_column(
        "deliveries",
        sa.Column("mode", sa.String(length=10), nullable=False, server_default="single"),
    )
    op.add_column("deliveries", sa.Column("key", sa.String(length=40), nullable=True))
    op.add_column("deliveries", sa.Column("failing_since", TIME, nullable=True))
    op.create_index("ix_deliveries_channel_state", "deliveries", ["channel", "state"])
    op.create_table(
        "channels",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=True),
        sa.Column("disabled_at", TIME, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_channels"),
    )
