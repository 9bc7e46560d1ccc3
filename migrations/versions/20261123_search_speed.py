"""Searches that walk the newest first, and texts longer than their search index"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_search_speed"
down_revision = "20261123_changes"


def upgrade() -> None:
    columns = ["first_seen_at", "id", "source_id", "date_published", "in_language"]
    op.create_index("ix_articles_newest", "articles", columns)
    op.drop_index("ix_articles_first_seen_at", "articles")
    is_gone, is_edit = sa.text("gone_at IS NOT NULL"), sa.text("number > 1")
    op.create_index(
        *("ix_articles_gone", "articles", ["gone_at"]),
        sqlite_where=is_gone,
        postgresql_where=is_gone,
    )
    op.create_index(
        *("ix_revisions_edits", "revisions", ["article_id"]),
        sqlite_where=is_edit,
        postgresql_where=is_edit,
    )
    op.create_table(
        "cut_texts",
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_cut_texts_article_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_cut_texts"),
    )
    # The index holds 200,000 signs of a body as it is folded, which may be longer than the body.
    op.execute(
        "INSERT INTO cut_texts (article_id)"
        " SELECT id FROM articles WHERE length(article_body) > 66000"
    )
    if op.get_bind().dialect.name == "postgresql":
        # Vectors that lack places of words get a word that no text has, by which searches know.
        op.execute(
            "UPDATE article_search SET vector = vector || '''…'''::tsvector WHERE EXISTS ("
            "SELECT 1 FROM unnest(vector) AS word (lexeme, positions, weights)"
            " WHERE cardinality(positions) >= 255"
            " OR positions[cardinality(positions)] >= 16383)"
        )
