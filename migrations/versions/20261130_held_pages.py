"""Texts that nobody is sure are their address's article, and what an alias was seen to show."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_held_pages"
down_revision = "20261130_reading_faults"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "held_pages",
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("source_id", ROW, nullable=False),
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("first_shown_at", TIME, nullable=False),
        sa.Column("last_shown_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("url_key", name="pk_held_pages"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_held_pages_source_id"),
    )
    op.create_index("ix_held_pages_source_id", "held_pages", ["source_id", "last_shown_at"])
    # Empty for the aliases of earlier releases: `firstseen db backfill` looks at what was listed.
    op.add_column("article_urls", sa.Column("text_hash", sa.String(length=64), nullable=True))
    op.add_column("article_urls", sa.Column("confirmed_at", TIME, nullable=True))
    op.add_column("article_urls", sa.Column("check_at", TIME, nullable=True))
    op.add_column("sources", sa.Column("address_noise", sa.JSON(), nullable=True))
