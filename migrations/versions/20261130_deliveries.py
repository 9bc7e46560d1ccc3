"""Which receivers have a message, when messages must be quiet, what was told before a split"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_deliveries"
down_revision = "20261130_evidence"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("reached", sa.JSON(), nullable=True))
    op.add_column("deliveries", sa.Column("reached_at", TIME, nullable=True))
    op.add_column("deliveries", sa.Column("quiet", sa.JSON(), nullable=True))
    op.execute("UPDATE deliveries SET reached_at = delivered_at")
    op.create_table(
        "told_before_split",
        sa.Column("alert_id", ROW_ID, nullable=False),
        sa.Column("story_id", ROW_ID, nullable=False),
        sa.Column("split_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_told_before_split_alert_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_told_before_split_story_id"),
        sa.PrimaryKeyConstraint("alert_id", "story_id", name="pk_told_before_split"),
    )
    op.create_index("ix_told_before_split_story_id", "told_before_split", ["story_id"])
