"""When a wording was last seen, when a story was shaped by hand, and stories' vectors"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_wordings_and_vectors"
down_revision = "20261123_websub"


ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("revisions", sa.Column("last_seen_at", TIME, nullable=True))
    op.execute("UPDATE revisions SET last_seen_at = observed_at")
    op.add_column("stories", sa.Column("shaped_at", TIME, nullable=True))
    op.create_index("ix_stories_shaped_at", "stories", ["shaped_at"])
    op.create_table(
        "story_vectors",
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_story_vectors_article_id"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_vectors"),
    )
    op.create_index("ix_story_vectors_seen_at", "story_vectors", ["seen_at"])
