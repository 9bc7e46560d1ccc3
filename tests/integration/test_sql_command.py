"""firstseen sql: answers of both databases, in every format, and nothing that changes them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.cli import main
from crawler.workspace import create_workspace
from pipelines.storage.cookbook import COOKBOOK
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article
from pipelines.storage.schema import upgrade
from pipelines.storage.view_columns import VIEWS
from tests.conftest import DIALECTS, prepared_database
from tests.integration.newsroom_rows import fill_newsroom

Run = Callable[..., tuple[int, str, str]]
NUMBERS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {}) "
HOSTILE = "=cmd|' /C calc'!A0 \x1b]0;owned\x07 \x9b31m"


@pytest.fixture(scope="module", params=DIALECTS)
def newsroom(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with rows, one headline of which wants to do harm."""
    folder = tmp_path_factory.mktemp("newsroom")
    url = prepared_database(request.param, request, folder, "postgres_databases")
    engine = open_engine(url)
    with session_factory(engine).begin() as session:
        fill_newsroom(session, stories=3)
        article = session.scalars(select(Article).order_by(Article.id).limit(1)).one()
        article.headline = HOSTILE
    engine.dispose()
    return url


@pytest.fixture
def run(newsroom: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command and return status, output and complaints."""
    create_workspace(tmp_path)

    def run(*words: str, url: str = newsroom) -> tuple[int, str, str]:
        common = ("--workspace", str(tmp_path), "--database-url", url)
        try:
            status = main(["sql", *words, *common])
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_without_a_query_the_views_are_listed(run: Run) -> None:
    status, out, _ = run()

    assert status == 0
    assert all(f"\n{view}\n" in f"\n{out}" for view in VIEWS)


def test_the_cookbook_is_listed_and_shown(run: Run) -> None:
    _, listed, _ = run("--cookbook")
    _, shown, _ = run("--cookbook", "delay", "--show")

    assert all(name in listed for name in COOKBOOK)
    assert shown == COOKBOOK["delay"][2] + "\n"


def test_a_question_of_the_cookbook_is_answered_with_its_usual_values(run: Run) -> None:
    status, out, err = run(
        "--cookbook", "silent-edits", "--set", "since=2026-11-20", "--format", "json"
    )

    assert (status, err) == (0, "")
    assert {row["headline_changed"] for row in json.loads(out)} <= {0, 1}
    assert json.loads(out)


@pytest.mark.parametrize("format", ["table", "csv", "json", "jsonl"])
def test_all_formats_hold_the_same(run: Run, format: str) -> None:
    query = "SELECT source, source AS source, count(*) AS n, NULL AS empty, 1.5 AS x"
    status, out, _ = run(
        f"{query} FROM v_articles WHERE source = 'river-mail' GROUP BY source", "--format", format
    )
    assert status == 0
    if format == "table":
        head, row = (line.split() for line in out.splitlines())
        assert head == ["source", "source", "n", "empty", "x"]
        assert row[:2] == ["river-mail"] * 2
        return
    if format == "csv":
        head, row = csv.reader(io.StringIO(out))
        assert head == ["source", "source", "n", "empty", "x"]
        assert row[3:] == ["", "1.5"]
        return
    record = json.loads(out)[0] if format == "json" else json.loads(out)
    assert list(record) == ["source", "source_2", "n", "empty", "x"]
    assert record["empty"] is None
    assert record["x"] == 1.5


def test_an_empty_answer_is_an_answer(run: Run) -> None:
    for format, expected in (("csv", "a\r\n"), ("json", "[\n]\n"), ("jsonl", ""), ("table", "a\n")):
        assert run("SELECT 1 AS a WHERE 1 = 0", "--format", format)[:2] == (0, expected)


def test_base_tables_answer_in_the_same_words(run: Run) -> None:
    status, out, _ = run(
        "SELECT first_seen_at, wire_credit, baseline FROM articles ORDER BY id LIMIT 1",
        *("--format", "jsonl"),
    )
    assert status == 0
    record = json.loads(out)
    assert record["first_seen_at"].endswith("Z")
    assert isinstance(json.loads(record["wire_credit"]), list)
    assert record["baseline"] in (0, 1)


def test_the_search_index_can_be_asked(run: Run, newsroom: str) -> None:
    sqlite = "SELECT rowid FROM article_search WHERE article_search MATCH 'levy' ORDER BY rank"
    postgres = "SELECT article_id FROM article_search WHERE vector @@ to_tsquery('simple', 'levy')"
    query = sqlite if newsroom.startswith("sqlite") else postgres

    assert run(query, "--format", "jsonl")[:2] == (0, "")  # these rows were never indexed


def test_a_limit_is_told_when_it_left_something_out(run: Run) -> None:
    query = "SELECT article_id FROM v_articles ORDER BY article_id"

    assert run(query, "--format", "csv", "--limit", "2")[1:] == (
        "article_id\r\n1\r\n2\r\n",
        "firstseen: the first 2 rows; --limit shows more\n",
    )
    assert run("SELECT 1 AS a", "--limit", "1")[2] == ""


def test_a_file_appears_when_it_is_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert run("SELECT 1 AS a", "--format", "csv", "--file", str(path))[:2] == (0, "")
    assert path.read_bytes() == b"a\r\n1\r\n"

    failing = NUMBERS.format(5000) + "SELECT 1 / (4000 - x) + abs(x - 3999) FROM n, v_nothing"
    assert run(failing, "--format", "csv", "--file", str(path))[0] == 2
    assert path.read_bytes() == b"a\r\n1\r\n"
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * FROM v_artikles", "did you mean v_articles"),
        ("SELECT * FROM articels", "did you mean articles"),
        ("SELECT * FROM somewhere_else_entirely", "`firstseen sql` lists the views"),
        ("SELECT headlin FROM v_articles", "did you mean headline"),
        ("SELECT a.headlin FROM v_articles a", "did you mean headline"),
        ("SELECT qqqq FROM v_authors", "it has article_id, source, author, first_seen_at"),
        ("SELECT FROM WHERE", "syntax error"),
        ("SELECT :day", "say --set day=VALUE"),
        ("SELECT 1; SELECT 2", "one question at a time"),
    ],
)
def test_a_wrong_query_is_told_in_one_line(run: Run, query: str, told: str) -> None:
    status, out, err = run(query)

    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--cookbook", "dely"),
        ("SELECT 1", "--cookbook", "delay"),
        ("SELECT 1", "--spreadsheet-safe"),
        ("SELECT 1", "--limit", "0"),
        ("SELECT 1", "--time-limit", "soon"),
        ("SELECT 1", "--set", "since"),
        ("SELECT 1", "--set", "since=yesterdayish"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


def test_a_question_that_takes_too_long_is_stopped(run: Run) -> None:
    status, out, err = run(
        NUMBERS.format(10**9) + "SELECT count(*) FROM n", "--time-limit", "0.3", "--format", "csv"
    )

    assert (status, out) == (1, "")
    assert "stopped after 0.3 s" in err


# ---------------------------------------------------------------- nothing can be changed

WRITING = (
    "WITH gone AS (DELETE FROM articles RETURNING id) SELECT * FROM gone",
    "SELECT 1; DELETE FROM articles",
    "DELETE FROM articles",
    "UPDATE articles SET headline = ''",
    "DROP VIEW v_articles",
    "SELECT load_extension('x')",
    "SELECT nextval('articles_id_seq')",
    "SELECT 1 INTO other",
    "SELECT * FROM pragma_query_only(0)",
    "COMMIT; DELETE FROM articles",
)


@pytest.mark.parametrize("query", WRITING)
def test_nothing_can_be_changed(run: Run, newsroom: str, query: str) -> None:
    before = _contents(newsroom)

    assert run(query)[0] == 2

    assert _contents(newsroom) == before


def _contents(url: str) -> object:
    if url.startswith("sqlite"):
        return sha256(Path(url.removeprefix("sqlite:///")).read_bytes()).hexdigest()
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.execute(select(Article.id, Article.headline).order_by(Article.id)).all()
    engine.dispose()
    return found


def test_no_other_file_is_touched(run: Run, newsroom: str, tmp_path: Path) -> None:
    for query in ("ATTACH 'other.db' AS other", "VACUUM INTO 'copy.db'"):
        assert run(query)[0] == 2
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".db"] == []


# ---------------------------------------------------------------- hostile text


def test_control_characters_do_not_reach_a_table(run: Run) -> None:
    _, out, _ = run("SELECT headline FROM v_articles WHERE article_id = 1")

    assert "cmd|" in out
    assert not {"\x1b", "\x07", "\x9b"} & set(out)


def test_a_terminal_is_shown_control_characters(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for format in ("csv", "json", "jsonl", "table"):
        _, out, _ = run("SELECT headline FROM v_articles WHERE article_id = 1", "--format", format)
        assert "cmd|" in out
        assert not {"\x1b", "\x07", "\x9b"} & set(out)


def test_a_file_gets_the_text_as_it_is(run: Run, newsroom: str) -> None:
    _, out, _ = run("SELECT headline FROM v_articles WHERE article_id = 1", "--format", "jsonl")

    assert json.loads(out)["headline"] == HOSTILE


def test_a_spreadsheet_gets_no_formula(run: Run) -> None:
    _, out, _ = run(
        "SELECT headline, -5 AS number, '-5' AS text FROM v_articles WHERE article_id = 1",
        *("--format", "csv", "--spreadsheet-safe"),
    )

    _, row = csv.reader(io.StringIO(out.removeprefix("\ufeff")))
    assert row[0].startswith("'=cmd")
    assert row[1:] == ["-5", "'-5"]


# ---------------------------------------------------------------- a million rows


def test_many_rows_take_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from crawler.cli import main;"
        "status = main(sys.argv[1:]);"
        "used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "sys.stderr.write(str(used)); sys.exit(status)"
    )
    path = tmp_path / "firstseen.db"
    engine = open_engine(f"sqlite:///{path}", create=True)
    upgrade(engine)
    create_workspace(tmp_path)
    engine.dispose()
    used = []
    for rows in (1000, 200_000):
        query = NUMBERS.format(rows) + "SELECT x, 'a headline of usual length' AS headline FROM n"
        words = ["sql", query, "--format", "jsonl", "--file", str(tmp_path / "out.jsonl")]
        done = subprocess.run(
            [sys.executable, "-c", program, *words, "--database-url", f"sqlite:///{path}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        used.append(int(done.stderr.split()[-1]))

    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 200_000
    assert used[1] < used[0] + 20_000  # KiB
