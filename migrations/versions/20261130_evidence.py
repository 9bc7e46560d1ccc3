"""What looks may conclude: whole looks apart from partial ones, what was left out, what is older"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_evidence"
down_revision = "20261123_vectors_inline"

TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
ARRIVAL = sa.String(length=10)  # new, baseline, older


def upgrade() -> None:
    for name in ("listed_links", "articles"):
        op.add_column(name, sa.Column("arrival", ARRIVAL, nullable=False, server_default="new"))
        op.execute(f"UPDATE {name} SET arrival = 'baseline' WHERE baseline")  # noqa: S608 - ours
    left_out = sa.Column("left_out", sa.String(length=20), nullable=True)  # by which filter
    op.add_column("listed_links", left_out)
    op.add_column("visits", sa.Column("asked_at", TIME, nullable=True))
    op.add_column("visits", sa.Column("entries", sa.Integer(), nullable=True))
    op.add_column("visits", sa.Column("left_out", sa.JSON(), nullable=True))
    op.add_column("sections", sa.Column("last_whole_at", TIME, nullable=True))
    op.add_column("sections", sa.Column("baseline_at", TIME, nullable=True))
    # Which of the earlier looks were whole nobody noted, so last_whole_at stays empty: the next
    # look is the first that bounds anything. What was listed before stays known.
    op.execute(
        "UPDATE sections SET baseline_at = (SELECT min(l.first_listed_at) FROM listed_links l"
        " WHERE l.section_id = sections.id)"
    )
