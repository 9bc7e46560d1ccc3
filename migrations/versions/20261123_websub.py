"""Subscriptions at WebSub hubs"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_websub"
down_revision = "20261123_conduct"


ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hub_subscriptions",
        sa.Column("section_id", ROW_ID, nullable=False),
        sa.Column("hub_url", sa.Text(), nullable=False),
        sa.Column("topic_url", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("last_push_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name="fk_hub_subscriptions_section_id"
        ),
        sa.PrimaryKeyConstraint("section_id", name="pk_hub_subscriptions"),
        sa.UniqueConstraint("token", name="uq_hub_subscriptions_token"),
    )
