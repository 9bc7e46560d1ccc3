"""Events inside stories: rows, their articles and alerts; each story so far is one event"""

import sqlalchemy as sa
from alembic import op

revision = "20261201_events"
down_revision = "20261130_last_read"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
_COLUMNS = "title, first_seen_at, last_seen_at, pinned, merged_into_id, shaped_at"


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("story_id", ROW_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("merged_into_id", ROW_ID, nullable=True),
        sa.Column("shaped_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_events_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    # What was told of a story was told of all it held: it stays one event, with the same number,
    # merged where the story was merged. Later articles are put into events of their own.
    op.execute(
        f"INSERT INTO events (id, story_id, {_COLUMNS})"  # noqa: S608 - our own names
        f" SELECT id, id, {_COLUMNS} FROM stories"
    )
    _follow_merges()
    for table in ("articles", "alerts"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN event_id {_row_id()}"
            f" CONSTRAINT fk_{table}_event_id REFERENCES events (id)"
        )
        op.execute(f"UPDATE {table} SET event_id = story_id")  # noqa: S608 - our own names
    told = "events_told_before_split"
    op.create_table(
        told,
        sa.Column("alert_id", ROW_ID, nullable=False),
        sa.Column("event_id", ROW_ID, nullable=False),
        sa.Column("split_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_events_told_before_split_alert_id"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_events_told_before_split_event_id"
        ),
        sa.PrimaryKeyConstraint("alert_id", "event_id", name="pk_events_told_before_split"),
    )
    op.execute(
        "INSERT INTO events_told_before_split (alert_id, event_id, split_at)"
        " SELECT alert_id, story_id, split_at FROM told_before_split"
    )
    _index()


def _follow_merges() -> None:
    """Let each event stand in the story that its own became part of, over any number of steps."""
    moved = sa.text(
        "UPDATE events SET story_id = (SELECT s.merged_into_id FROM stories s"
        " WHERE s.id = events.story_id) WHERE EXISTS (SELECT 1 FROM stories s"
        " WHERE s.id = events.story_id AND s.merged_into_id IS NOT NULL"
        " AND s.merged_into_id <> s.id)"
    )
    for _ in range(64):  # nobody has a longer chain; a circle must not hold the upgrade up
        if not op.get_bind().execute(moved).rowcount:
            return


def _index() -> None:
    op.drop_index("uq_alerts_watch_story_reason", "alerts")
    event_reason = ["watch_id", "event_id", "reason"]
    op.create_index("uq_alerts_watch_event_reason", "alerts", event_reason, unique=True)
    for table, column in (
        *(("events", "story_id"), ("events", "first_seen_at"), ("events", "merged_into_id")),
        *(
            ("events", "shaped_at"),
            ("alerts", "event_id"),
            ("events_told_before_split", "event_id"),
        ),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
    seen = ["event_id", "source_id", "first_seen_at"]
    op.create_index("ix_articles_event_source_seen", "articles", seen)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('events', 'id'), max(id)) FROM events"
            " HAVING max(id) IS NOT NULL"
        )


def _row_id() -> str:
    return "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
