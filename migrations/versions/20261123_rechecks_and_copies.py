"""Re-checks of articles, and copies found by their fingerprints"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_rechecks_and_copies"
down_revision = "20261123_first_light"


ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_anchors_article_id"),
        sa.PrimaryKeyConstraint("hash", "article_id", name="pk_anchors"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fingerprints",
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_fingerprints_article_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_fingerprints"),
    )
    op.create_index("ix_fingerprints_seen_at", "fingerprints", ["seen_at"])
    op.add_column("articles", sa.Column("copy_group_id", ROW_ID, nullable=True))
    op.add_column("articles", sa.Column("copy_of_id", ROW_ID, nullable=True))
    op.add_column("articles", sa.Column("copy_kind", sa.String(length=10), nullable=True))
    op.add_column("articles", sa.Column("copy_score", sa.Double(), nullable=True))
    op.add_column("articles", sa.Column("next_check_at", TIME, nullable=True))
    op.add_column("articles", sa.Column("last_checked_at", TIME, nullable=True))
    op.add_column("articles", sa.Column("missing_since", TIME, nullable=True))
    op.create_index("ix_articles_copy_group_id", "articles", ["copy_group_id"])
    op.create_index("ix_articles_next_check_at", "articles", ["next_check_at"])
    op.add_column(
        "revisions", sa.Column("kind", sa.String(length=10), nullable=False, server_default="first")
    )
    op.add_column(
        "revisions",
        sa.Column("headline_changed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "revisions",
        sa.Column("correction_added", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
