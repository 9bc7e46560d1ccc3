"""docs/exports.md says of every column what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.export.columns import TABLES, Noun

TEXT = (Path(__file__).parents[3] / "docs" / "exports.md").read_text("utf-8")


@pytest.mark.parametrize("noun", list(TABLES))
def test_every_column_is_documented_in_its_order(noun: Noun) -> None:
    _, _, part = TEXT.partition(f"<!-- {noun} -->\n")
    told = part.partition("<!-- end -->")[0].splitlines()[2:]

    assert told == [f"| `{c.name}` | {c.kind} | {c.meaning} |" for c in TABLES[noun]]
