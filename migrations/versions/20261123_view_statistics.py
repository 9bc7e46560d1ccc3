"""What PostgreSQL should know of the times that views tell as text"""

from alembic import op

revision = "20261123_view_statistics"
down_revision = "20261123_tell_past"

# Without them a period of a view is taken for a third of all rows, and the plan is one for those.
# SQLite compares the stored text, and needs nothing.
TIMES = {"articles": "first_seen_at", "revisions": "observed_at", "alerts": "raised_at"}
TEXT = """to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in TIMES.items():
        text = TEXT.format(column=column)
        op.execute(f"CREATE STATISTICS st_{table}_{column} ON ({text}) FROM {table}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in TIMES.items():
        op.execute(f"DROP STATISTICS st_{table}_{column}")
