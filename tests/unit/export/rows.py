"""Rows of hostile texts, and the readers that other programs would use."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet
from hypothesis import strategies as st

from pipelines.export.columns import Column, ColumnKind
from pipelines.export.csv_file import list_of, write_csv
from pipelines.export.json_lines import write_json_lines
from pipelines.export.parquet_file import write_parquet

COLUMNS = (
    Column("id", "integer", "a number"),
    Column("score", "number", "a share"),
    Column("headline", "text", "a text"),
    Column("first_seen_at", "time", "a time"),
    Column("baseline", "truth", "yes or no"),
    Column("authors", "texts", "texts"),
    Column("article_ids", "integers", "numbers"),
)

#: Every character there is, but what has no UTF-8; those that harm come more often.
NASTY = st.text(
    st.sampled_from(" \t\r\n\0\x0b\x1b\"',;\\|=+-@＝＋－＠\u200b\ufeff\u2028\u202eaé猫🐈")
)
TEXT = NASTY | st.text(st.characters(exclude_categories=["Cs"]))
TIME = st.datetimes(timezones=st.just(UTC))
_VALUES: dict[ColumnKind, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False),
    "text": TEXT,
    "time": TIME,
    "truth": st.booleans(),
    "texts": st.lists(TEXT.filter(bool), max_size=4),
    "integers": st.lists(st.integers(0, 2**62), max_size=4),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            c.name: _VALUES[c.kind] if c.kind.endswith("s") else st.none() | _VALUES[c.kind]
            for c in COLUMNS
        }
    ),
    max_size=5,
)


def csv_bytes(rows: list[dict[str, Any]], **more: Any) -> bytes:
    stream = io.BytesIO()
    write_csv(rows, COLUMNS, stream, **more)
    return stream.getvalue()


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def typed(cells: dict[str, str]) -> dict[str, Any]:
    """Read the cells of one row by the documentation; an empty text and none are the same."""
    return {c.name: _typed(cells[c.name], c.kind) for c in COLUMNS}


def _typed(cell: str, kind: ColumnKind) -> Any:
    if kind in ("texts", "integers"):
        return list_of(cell) if kind == "texts" else [int(entry) for entry in list_of(cell)]
    if cell == "":
        return None
    read: dict[str, Any] = {
        "integer": int,
        "number": float,
        "truth": lambda text: {"True": True, "False": False}[text],
        "time": datetime.fromisoformat,
    }
    return read[kind](cell) if kind in read else cell


def json_records(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    stream = io.BytesIO()
    write_json_lines(rows, stream)
    lines = stream.getvalue().decode("utf-8").split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def parquet_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    stream = io.BytesIO()
    write_parquet(rows, "articles", COLUMNS, stream)
    found = pyarrow.parquet.read_table(io.BytesIO(stream.getvalue())).to_pylist()
    return [dict(row) for row in found]
