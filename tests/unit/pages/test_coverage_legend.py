"""The grid of coverage explains every sign that it draws."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from pipelines import web
from pipelines.storage.coverage import CoverageState

FOLDER = Path(web.__file__).parent
LEGEND = (FOLDER / "templates" / "coverage_grid.html").read_text("utf-8").partition("<ul")[2]
STYLES = (FOLDER / "static" / "coverage.css").read_text("utf-8")


@pytest.mark.parametrize("state", get_args(CoverageState))
def test_every_state_is_drawn_and_in_the_legend(state: str) -> None:
    assert f'class="key-cell cell {state}"' in LEGEND
    assert f".cell.{state} {{" in STYLES
