"""Words that a site puts on its articles, and what changed on the day on which it is found out"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_site_words"
down_revision = "20261130_pages_woken"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "changed_pieces",
        sa.Column("source_id", ROW, nullable=False),
        sa.Column("piece", sa.String(length=32), nullable=False),
        sa.Column("article_id", ROW, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "piece", "article_id", name="pk_changed_pieces"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_changed_pieces_source_id"),
    )
    op.create_index("ix_changed_pieces_at", "changed_pieces", ["at"])
    op.create_table(
        "site_words",
        sa.Column("source_id", ROW, nullable=False),
        sa.Column("piece", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("learnt_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "piece", name="pk_site_words"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_site_words_source_id"),
    )
