"""SQL that somebody typed: one question, its parameters, and nothing else."""

from __future__ import annotations

import pytest

from pipelines.storage.sql_text import QueryError, read_statement


@pytest.mark.parametrize(
    ("text", "sql", "parameters"),
    [
        ("SELECT 1", "SELECT 1", ()),
        ("  select 1 ;\n;; ", "select 1", ()),
        ("(SELECT 1)", "(SELECT 1)", ()),
        ("-- why; because\nSELECT 1 /* ; */ AS one", "SELECT 1   AS one", ()),
        ("SELECT ';', \"a;b\", `c;d`, 'it''s;'", "SELECT ';', \"a;b\", `c;d`, 'it''s;'", ()),
        ("WITH a AS (VALUES (:b)) SELECT :c, :b", None, ("b", "c")),
        ("SELECT ':no', '10:30', x::int, :yes", None, ("yes",)),
        ("SELECT $$;:no$$, $t$;$t$, E'\\';:no'", None, ()),
    ],
)
def test_one_question_is_read(text: str, sql: str | None, parameters: tuple[str, ...]) -> None:
    statement = read_statement(text)

    assert statement.sql == (sql or text)
    assert statement.parameters == parameters


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no query"),
        (" ; ", "there is no query"),
        ("-- only a thought", "there is no query"),
        ("SELECT 1; DROP TABLE articles", "one question at a time"),
        ("SELECT 1;--\nDELETE FROM articles", "one question at a time"),
        ("DELETE FROM articles", "not DELETE"),
        ("/* SELECT */ ATTACH 'x' AS y", "not ATTACH"),
        ("PRAGMA query_only = 0", "not PRAGMA"),
        ("EXPLAIN SELECT 1", "not EXPLAIN"),
        ("SET TRANSACTION READ WRITE", "not SET"),
        ("1 + 1", "not 1"),
    ],
)
def test_anything_else_is_refused(text: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        read_statement(text)


def test_psycopg_gets_its_own_spelling_of_parameters() -> None:
    statement = read_statement("SELECT '%', 7 % 2 FROM a WHERE b = :b AND c LIKE ':d%' AND e::int")

    assert statement.for_psycopg() == (
        "SELECT '%%', 7 %% 2 FROM a WHERE b = %(b)s AND c LIKE ':d%%' AND e::int"
    )
