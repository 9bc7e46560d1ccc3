"""Each row of the table in docs/operating.md: the state is made, and `health` says the sentence."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.cli import main
from crawler.commands.web_health import judge_all
from crawler.config import load_options
from crawler.workspace_archive import prepare_archive
from pipelines.outcome_words import is_ours
from pipelines.storage.database import open_engine, session_factory
from tests.conftest import DIALECTS, REPOSITORY, prepared_database, run_on_server
from tests.integration.health_stage import Stage
from tests.integration.health_states import FAILURES, STATES, fails

_ROW = re.compile(r"\| (?P<name>[^|]+) \| (?P<told>[^|]+) \| (?P<status>[013]) \|")
_WITH_ALL = "(`--all`)"
_HEADING = "### Every state, what `health` says of it, and its exit status"


def _rows() -> dict[str, tuple[str, int]]:
    text = (REPOSITORY / "docs" / "operating.md").read_text(encoding="utf-8")
    section = text.split(_HEADING, 1)[1].split("\n#", 1)[0]
    return {
        found["name"].strip(): (found["told"].strip(), int(found["status"]))
        for found in map(_ROW.fullmatch, section.splitlines())
        if found
    }


ROWS = _rows()


def says(capsys: pytest.CaptureFixture[str], stage: Stage, *more: str) -> tuple[int, str]:
    """Run the real command; return its status and all it said."""
    capsys.readouterr()
    status = main(["health", *more, "--workspace", str(stage.folder), "--database-url", stage.url])
    said = capsys.readouterr()
    return status, " ".join(f"{said.out}\n{said.err}".split())


def check(capsys: pytest.CaptureFixture[str], stage: Stage, name: str) -> None:
    """Hold what `health` says to the row of a state."""
    told, expected = ROWS[name]
    status, said = says(capsys, stage, *(["--all"] if _WITH_ALL in told else []))
    if told == "nothing":
        assert "2 sections: 2 ok" in said
    else:
        assert is_said(told, said, "paper"), said
    assert status == expected, said


def is_said(told: str, said: str, slug: str) -> bool:
    """Return whether a sentence of the table is there; "..." stands for what varies."""
    parts = told.removesuffix(_WITH_ALL).strip().replace("SLUG", slug).split("...")
    return re.search(".*".join(map(re.escape, parts)), said) is not None


def test_every_state_of_the_table_is_made_and_every_state_made_is_in_it() -> None:
    assert set(ROWS) == {*STATES, *BROKEN, *(f"`{word}`" for word in FAILURES)}


@pytest.fixture(scope="module", params=DIALECTS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Engine]]:
    """One database for all states that can be made by rows."""
    folder = tmp_path_factory.mktemp("archive")
    url = prepared_database(request.param, request, folder, "postgres_databases")
    engine = open_engine(url)
    yield url, engine
    engine.dispose()


@pytest.mark.parametrize("name", STATES)
def test_health_says_what_the_table_says(
    name: str,
    archive: tuple[str, Engine],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, engine = archive
    stage = Stage(tmp_path / "desk", url, session_factory(engine), monkeypatch)
    stage.begin()
    STATES[name](stage)

    check(capsys, stage, name)


def test_health_says_in_the_words_of_the_table_how_looks_fail(
    archive: tuple[str, Engine],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, engine = archive
    stage = Stage(tmp_path / "desk", url, session_factory(engine), monkeypatch)
    stage.begin(*FAILURES)
    for word in FAILURES:
        at_once = word in ("all-filtered", "moved") or is_ours(word)
        fails(stage, word, 1 if at_once else 3, slug=word)

    status, said = says(capsys, stage)

    assert status == 3
    for word in FAILURES:
        told, expected = ROWS[f"`{word}`"]
        assert (is_said(told, said, word), expected) == (True, 3), told


def test_the_page_and_coverage_say_what_the_command_says(
    archive: tuple[str, Engine],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, engine = archive
    stage = Stage(tmp_path / "desk", url, session_factory(engine), monkeypatch)
    stage.begin()
    for name in ("pages give no articles", "alerts overdue", "`robots`", "a new source file"):
        STATES[name](stage)
    options = load_options(stage.folder, {}, {"database.url": url})

    _, said = says(capsys, stage)
    with stage.sessions() as session:
        judged = judge_all(session, options, stage.now)
    common = ["--workspace", str(stage.folder), "--database-url", url]
    assert main(["coverage", "paper", *common]) == 0
    covered = capsys.readouterr().out

    ill = {(s.source, s.section): s for s in judged if s.state != "ok"}
    assert {where: s.state for where, s in ill.items()} == {
        ("paper", "politics"): "blocked",
        ("paper", ""): "losing",
        ("courier", ""): "unwatched",
        ("", ""): "alerts",
    }
    for state in ill.values():
        assert state.reasons[0].removeprefix("politics: ") in said
    assert ill["paper", "politics"].last_look.startswith("robots: robots.txt asks us not to look")
    assert "last look robots: robots.txt asks us not to look here; write" in covered


# ---------------------------------------------------------------- the database itself


def _file(stage: Stage) -> Path:
    return Path(stage.url.removeprefix("sqlite:///"))


def _is_file(stage: Stage) -> bool:
    return stage.url.startswith("sqlite")


def _gone(stage: Stage) -> None:
    if _is_file(stage):
        _file(stage).unlink()
    else:
        run_on_server(stage.url, "DROP SCHEMA public CASCADE")
        run_on_server(stage.url, "CREATE SCHEMA public")


def _never_made(stage: Stage) -> None:
    (stage.folder / ".firstseen-archive").unlink()
    _gone(stage)


def _overwritten(by: bytes, stage: Stage) -> None:
    _file(stage).write_bytes(by)


def _table_lost(stage: Stage) -> None:
    more = "" if _is_file(stage) else "CASCADE"
    with stage.sessions.begin() as session:
        session.connection().exec_driver_sql(f"DROP TABLE deliveries {more}")


def _of_another(stage: Stage) -> None:
    (stage.folder / ".firstseen-archive").write_text("0123456789abcdef\n", encoding="ascii")


def _of_another_workspace(stage: Stage) -> None:
    (stage.folder / ".firstseen-archive").unlink()
    (stage.folder / ".firstseen-archive.begun").unlink(missing_ok=True)


def _revision(stage: Stage, revision: str) -> None:
    with stage.sessions.begin() as session:
        session.connection().exec_driver_sql(
            f"UPDATE alembic_version SET version_num = '{revision}'"
        )


def _another_program(stage: Stage) -> None:
    with stage.sessions.begin() as session:
        session.connection().exec_driver_sql("DROP TABLE alembic_version")


def _read_only(stage: Stage) -> None:
    if not _is_file(stage):
        name = stage.url.rpartition("/")[2].partition("?")[0]
        run_on_server(stage.url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    elif os.geteuid():
        _file(stage).chmod(0o444)
    elif (
        not shutil.which("chattr") or subprocess.run(["chattr", "+i", str(_file(stage))]).returncode
    ):
        # who may do everything needs a file that cannot be changed
        pytest.skip("root may write every file here: the file system knows no immutable ones")


#: name -> what is done to the database, and on which of the two it can be
BROKEN: dict[str, tuple[Callable[[Stage], None], tuple[str, ...]]] = {
    "the database is gone": (_gone, DIALECTS),
    "no database yet": (_never_made, ("sqlite",)),
    "an empty database": (_never_made, ("postgresql",)),
    "an empty file": (partial(_overwritten, b""), ("sqlite",)),
    "no database file": (partial(_overwritten, b"not what it was " * 512), ("sqlite",)),
    "a table is lost": (_table_lost, DIALECTS),
    "another archive": (_of_another, DIALECTS),
    "another workspace's archive": (_of_another_workspace, DIALECTS),
    "an older schema": (lambda stage: _revision(stage, "20261123_views"), DIALECTS),
    "a newer schema": (lambda stage: _revision(stage, "29990101_to_come"), DIALECTS),
    "another program's database": (_another_program, DIALECTS),
    "the database cannot be written": (_read_only, DIALECTS),
    "the server is away": (lambda stage: None, ("postgresql",)),
}


@pytest.mark.parametrize(
    ("name", "dialect"), [(name, d) for name, (_, dialects) in BROKEN.items() for d in dialects]
)
def test_health_says_what_is_wrong_with_the_database(
    name: str,
    dialect: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = prepared_database(dialect, request, tmp_path)
    engine = open_engine(url)
    stage = Stage(tmp_path / "desk", url, session_factory(engine), monkeypatch)
    stage.begin()
    prepare_archive(url, stage.folder)
    BROKEN[name][0](stage)
    engine.dispose()
    if name == "the server is away":
        stage = replace(stage, url="postgresql://nobody@127.0.0.1:1/nothing")
    try:
        check(capsys, stage, name)
    finally:
        if name == "the database cannot be written" and dialect == "sqlite" and not os.geteuid():
            subprocess.run(["chattr", "-i", str(_file(stage))], check=True)
