"""Stories: merged, pinned, and how alike an article was when it joined"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_stories"
down_revision = "20261123_rechecks_and_copies"


ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("articles", sa.Column("story_score", sa.Double(), nullable=True))
    op.add_column(
        "stories", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("stories", sa.Column("merged_into_id", ROW_ID, nullable=True))
