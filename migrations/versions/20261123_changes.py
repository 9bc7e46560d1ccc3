"""A numbered row for everything that happens to articles, stories and alerts"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_changes"
down_revision = "20261123_site_memory"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")

# Whoever reads up to number N must never meet a smaller number later. SQLite has one writer at a
# time. On PostgreSQL the numbers are given while committing, under a lock that is held until the
# commit is visible: triggers that are deferred run then. They take no other lock that somebody who
# waits for this one could hold, so there is no deadlock. max(id) + 1 leaves no holes, which
# sequences do, so that a reader can tell that nothing is missing; its snapshot is younger than the
# lock, for each statement of a function has its own in READ COMMITTED.
POSTGRES = """
CREATE FUNCTION add_change(
  kind text, article bigint, story bigint, alert bigint, nth integer
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7309940863417840230);
  INSERT INTO changes (id, at, kind, article_id, story_id, alert_id, number)
  SELECT coalesce(max(changes.id), 0) + 1, clock_timestamp(), add_change.kind, article, story,
         alert, nth
  FROM changes;
END $$
---
CREATE FUNCTION note_change_of_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM add_change(TG_ARGV[0], NEW.id, NEW.story_id, NULL, NULL);
  RETURN NULL;
END $$
---
CREATE FUNCTION note_change_of_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM add_change('revision', NEW.article_id, NULL, NULL, NEW.number);
  RETURN NULL;
END $$
---
CREATE FUNCTION note_change_of_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM add_change(TG_ARGV[0], NULL, NEW.id, NULL, NULL);
  RETURN NULL;
END $$
---
CREATE FUNCTION note_change_of_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM add_change('alert', NEW.article_id, NEW.story_id, NEW.id, NULL);
  RETURN NULL;
END $$
"""
#: Trigger, event, condition, the table's short name, the kind of change.
TRIGGERS = (
    ("article", "INSERT ON articles", "", "article", "article"),
    (
        "joined",
        "UPDATE OF story_id ON articles",
        "NEW.story_id IS NOT NULL AND (OLD.story_id IS NULL OR OLD.story_id <> NEW.story_id)",
        "article",
        "joined",
    ),
    (
        "gone",
        "UPDATE OF gone_at ON articles",
        "OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL",
        "article",
        "gone",
    ),
    (
        "back",
        "UPDATE OF gone_at ON articles",
        "OLD.gone_at IS NOT NULL AND NEW.gone_at IS NULL",
        "article",
        "back",
    ),
    ("revision", "INSERT ON revisions", "NEW.number > 1", "revision", "revision"),
    (
        "merged",
        "UPDATE OF merged_into_id ON stories",
        "OLD.merged_into_id IS NULL AND NEW.merged_into_id IS NOT NULL",
        "story",
        "merged",
    ),
    ("renamed", "UPDATE OF title ON stories", "OLD.title <> NEW.title", "story", "renamed"),
    ("alert", "INSERT ON alerts", "", "alert", "alert"),
)
SQLITE = """
CREATE TRIGGER note_{name} AFTER {event} {when} BEGIN
  INSERT INTO changes (id, at, kind, article_id, story_id, alert_id, number)
  VALUES ((SELECT coalesce(max(id), 0) + 1 FROM changes),
          strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), '{kind}', {values});
END
"""
#: What stands in the new row of each table, as the trigger writes it after the kind.
SQLITE_VALUES = {
    "article": "NEW.id, NEW.story_id, NULL, NULL",
    "revision": "NEW.article_id, NULL, NULL, NEW.number",
    "story": "NULL, NEW.id, NULL, NULL",
    "alert": "NEW.article_id, NEW.story_id, NEW.id, NULL",
}
#: What happened before this table was there, in the order in which it happened.
EARLIER = """
INSERT INTO changes (id, at, kind, article_id, story_id, alert_id, number)
SELECT row_number() OVER (ORDER BY at, place, article_id, alert_id, number),
       at, kind, article_id, story_id, alert_id, number
FROM (
  SELECT first_seen_at AS at, 1 AS place, 'article' AS kind, id AS article_id,
         story_id, NULL{0} AS alert_id, NULL{1} AS number FROM articles
  UNION ALL
  SELECT observed_at, 2, 'revision', article_id, NULL, NULL, number FROM revisions WHERE number > 1
  UNION ALL
  SELECT gone_at, 3, 'gone', id, story_id, NULL, NULL FROM articles WHERE gone_at IS NOT NULL
  UNION ALL
  SELECT raised_at, 4, 'alert', article_id, story_id, id, NULL FROM alerts
) AS happened
"""


def upgrade() -> None:
    op.create_index("ix_stories_last_seen_at", "stories", ["last_seen_at"])
    op.create_table(
        "changes",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=True),
        sa.Column("story_id", ROW_ID, nullable=True),
        sa.Column("alert_id", ROW_ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
    )
    op.create_index("ix_changes_kind", "changes", ["kind", "id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(EARLIER.format("", "") if is_sqlite else EARLIER.format("::bigint", "::integer"))
    for statement in () if is_sqlite else POSTGRES.split("---"):
        op.execute(statement)
    for name, event, condition, table, kind in TRIGGERS:
        when = f"WHEN ({condition})" if condition else ""
        values = SQLITE_VALUES[table]
        if is_sqlite:
            op.execute(SQLITE.format(name=name, event=event, when=when, kind=kind, values=values))
        else:
            op.execute(
                f"CREATE CONSTRAINT TRIGGER note_{name} AFTER {event}"
                f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when}"
                f" EXECUTE FUNCTION note_change_of_{table}('{kind}')"
            )
