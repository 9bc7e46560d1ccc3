"""The pages of a source that wait for the same reason are found together"""

from alembic import op

revision = "20261130_pages_woken"
down_revision = "20261130_held_pages"


def upgrade() -> None:
    op.create_index("ix_pages_source_id_outcome", "pages", ["source_id", "outcome", "retry_at"])
    op.drop_index("ix_pages_source_id", table_name="pages")
