"""Datasette opens the archive with what we say of it, answers, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.app import Datasette
from sqlalchemy import select

from crawler.cli import main
from crawler.workspace import create_workspace
from pipelines.export.datasette_metadata import Imprint, as_yaml, datasette_metadata
from pipelines.export.sql_reference import column_meanings
from pipelines.storage.cookbook import COOKBOOK
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article
from pipelines.storage.view_columns import VIEWS
from tests.conftest import prepared_database
from tests.integration.newsroom_rows import fill_newsroom

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
Get = Callable[[str], tuple[int, str]]


@pytest.fixture(scope="module")
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an archive in SQLite; one headline of it wants to do harm."""
    folder = tmp_path_factory.mktemp("workspace")
    create_workspace(folder)
    url = prepared_database("sqlite", request, folder)
    engine = open_engine(url)
    with session_factory(engine).begin() as session:
        fill_newsroom(session)
        article = session.scalars(select(Article).order_by(Article.id).limit(1)).one()
        article.headline = HOSTILE
    engine.dispose()
    return folder


@pytest.fixture(scope="module")
def get(workspace: Path) -> Get:
    """Ask Datasette for an address; return status and text."""
    metadata = yaml.safe_load(as_yaml(datasette_metadata("firstseen", Imprint())))
    datasette = Datasette(
        [str(workspace / "firstseen.db")], metadata=metadata, settings={"num_sql_threads": 1}
    )

    def get(path: str) -> tuple[int, str]:
        answer: Any = asyncio.run(datasette.client.get(path))
        return answer.status_code, answer.text

    return get


def test_the_metadata_is_the_yaml_of_what_it_means() -> None:
    imprint = Imprint("Desk: “ours”", "CC0-1.0", "https://cc.example/", "Us", "https://us.example/")
    metadata = datasette_metadata("archive", imprint)

    assert yaml.safe_load(as_yaml(metadata)) == metadata
    assert (metadata["license"], metadata["source_url"]) == ("CC0-1.0", "https://us.example/")
    tables = metadata["databases"]["archive"]["tables"]
    for view in VIEWS:
        assert tables[view]["columns"] == column_meanings(view)
        named = [*tables[view].get("facets", ()), tables[view].get("sort_desc", "source")]
        assert set(named) <= {*column_meanings(view), "source"}


def test_no_licence_is_claimed_that_nobody_stated() -> None:
    assert "license" not in datasette_metadata("archive", Imprint())


def test_the_pages_tell_what_views_and_columns_mean(get: Get) -> None:
    status, page = get("/firstseen")
    assert status == 200
    assert all(f"/firstseen/{view}" in page for view in VIEWS)
    assert all(f"/firstseen/{name}" in page for name in COOKBOOK)

    status, page = get("/firstseen/v_articles")
    assert status == 200
    assert VIEWS["v_articles"][0] in page
    assert "How many further wordings were seen after the first." in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(get: Get, view: str) -> None:
    status, text = get(f"/firstseen/{view}.json?_shape=objects")

    assert status == 200, text[:300]
    assert list(json.loads(text)["rows"][0]) == list(column_meanings(view))


@pytest.mark.parametrize("name", COOKBOOK)
def test_every_ready_made_query_runs_with_nothing_filled_in(get: Get, name: str) -> None:
    status, text = get(f"/firstseen/{name}.json?_shape=objects")

    assert status == 200, text[:300]
    assert json.loads(text)["rows"]


def test_a_ready_made_query_takes_values(get: Get) -> None:
    _, text = get("/firstseen/story-timeline.json?_shape=array&story=2")
    _, other = get("/firstseen/story-timeline.json?_shape=array&story=3")

    assert json.loads(text)
    assert json.loads(text) != json.loads(other)


@pytest.mark.parametrize(
    "sql", ["delete+from+articles", "pragma+query_only=0", "drop+view+v_alerts"]
)
def test_nothing_can_be_changed(get: Get, sql: str) -> None:
    assert get(f"/firstseen.json?sql={sql}")[0] == 400


# ---------------------------------------------------------------- the command


def test_the_command_writes_and_starts_nothing(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["datasette", "--write-only", "--workspace", str(workspace), "--license", "CC0-1.0"]
    assert main(words) == 0

    found = yaml.safe_load((workspace / "metadata.yaml").read_text("utf-8"))
    assert found == datasette_metadata("firstseen", Imprint(license="CC0-1.0"))
    assert main(words) == 0  # its own file it writes anew


def test_a_file_of_somebody_else_is_left_alone(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "metadata.yaml"
    theirs.write_text("title: mine\n", encoding="utf-8")
    words = ["datasette", "--workspace", str(workspace), "--metadata", str(theirs)]

    assert main(words) == 2
    assert "not ours to overwrite" in capsys.readouterr().err
    assert theirs.read_text("utf-8") == "title: mine\n"


def test_postgresql_is_told_where_to_go(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://nobody@nowhere.example/x"

    assert main(["datasette", "--workspace", str(workspace), "--database-url", url]) == 2
    assert "Datasette reads SQLite files only" in capsys.readouterr().err


def test_a_missing_extra_is_named(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("crawler.commands.datasette.find_spec", lambda name: None)

    assert main(["datasette", "--workspace", str(workspace)]) == 1
    assert "pip install 'firstseen[datasette]'" in capsys.readouterr().err


def test_it_serves_on_this_machine_only(workspace: Path) -> None:
    words = ["-m", "crawler.cli", "datasette", "--port", "0", "--workspace", str(workspace)]
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as served:
        try:
            assert served.stdout is not None
            said = iter(served.stdout.readline, "")
            address = next(
                found[0] for line in said if (found := re.search(r"http://[\d.:]+\d", line))
            )
            path = "/firstseen/sources-in-trouble.json?_shape=array"
            with urllib.request.urlopen(address + path, timeout=30) as answer:
                rows = json.load(answer)
        finally:
            served.terminate()

    assert address.startswith("http://127.0.0.1:")
    assert {row["state"] for row in rows} == {"never"}
