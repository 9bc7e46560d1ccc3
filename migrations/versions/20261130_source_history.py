"""What became of sources: disabled ones, and what changed in their files"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_source_history"
down_revision = "20261130_deliveries"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column(
        "sources", sa.Column("disabled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sections", sa.Column("reading", sa.String(length=64), nullable=True))
    op.create_table(
        "source_changes",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source_id", ROW_ID, nullable=False),
        sa.Column("section_id", ROW_ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_changes_source_id"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name="fk_source_changes_section_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_source_changes"),
    )
    op.create_index("ix_source_changes_source_id", "source_changes", ["source_id", "at"])
