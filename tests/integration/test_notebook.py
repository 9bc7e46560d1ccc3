"""docs/notebook.ipynb runs from top to bottom on a small archive, and tells what is in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from pipelines.export.asked import Asked
from pipelines.export.columns import TABLES, Noun
from pipelines.export.parquet_file import write_parquet
from pipelines.export.tables import iter_rows
from pipelines.storage.database import open_engine, session_factory
from tests.conftest import REPOSITORY, prepared_database
from tests.integration.test_export import fill

NOTEBOOK = REPOSITORY / "docs" / "notebook.ipynb"
WRITTEN: tuple[Noun, ...] = ("articles", "stories")


@pytest.fixture(scope="module")
def cells(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The code cells after the notebook was run beside a small archive and its exports."""
    folder = tmp_path_factory.mktemp("notebook")
    engine = open_engine(prepared_database("sqlite", request, folder))
    sessions = session_factory(engine)
    fill(sessions)
    with sessions() as session:
        for noun in WRITTEN:
            with (folder / f"{noun}.parquet").open("wb") as stream:
                write_parquet(iter_rows(session, noun, Asked()), noun, TABLES[noun], stream)
    engine.dispose()
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cells: list[Any], kind: str) -> str:
    """Return all that was shown in one media type."""
    data = [out.get("data", {}) for cell in cells for out in cell.outputs]
    return "\n".join(one[kind] for one in data if kind in one)


def test_it_counts_articles_and_who_was_first(cells: list[Any]) -> None:
    text = shown(cells, "text/plain")

    assert re.search(r"valley-post +2 +0 +2026-11-23", text)
    assert re.search(r"valley-post +1 +0$", text, re.MULTILINE)  # certainly first, once


def test_the_delay_is_an_interval(cells: list[Any]) -> None:
    assert re.search(r"valley-post +15\.0 +30\.0 +1", shown(cells, "text/plain"))


def test_it_shows_the_headlines_that_changed(cells: list[Any]) -> None:
    html = shown(cells, "text/html")

    assert "Council puts off harbour levy" in html
    assert "Senate puts off harbour levy" in html
    assert re.search(r"valley-post +2 +1\.0 +50\.0", shown(cells, "text/plain"))


def test_it_draws_three_charts_and_complains_of_nothing(cells: list[Any]) -> None:
    outputs = [out for cell in cells for out in cell.outputs]

    assert sum("image/png" in out.get("data", {}) for out in outputs) == 3
    assert [out.text for out in outputs if out.output_type == "stream"] == []


def test_the_notebook_in_the_repository_holds_no_results() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert cell.metadata == {}


def test_the_notebook_reads_only_what_stands_beside_it() -> None:
    text = Path(NOTEBOOK).read_text("utf-8")

    assert set(re.findall(r'= \\"([^"\\]+\.(?:parquet|db))', text)) == {
        "articles.parquet",
        "stories.parquet",
        "firstseen.db",
    }
