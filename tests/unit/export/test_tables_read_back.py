"""What is exported can be read back as it was, whatever the texts are."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings

from pipelines.export import parquet_file
from pipelines.export.columns import ARTICLES, TABLES
from pipelines.export.csv_file import text_of
from pipelines.export.parquet_file import write_parquet
from pipelines.export.tables import record
from tests.unit.export.rows import (
    COLUMNS,
    ROWS,
    TEXT,
    csv_bytes,
    json_records,
    parquet_rows,
    read_csv,
    typed,
)

Rows = list[dict[str, Any]]
FEW = settings(max_examples=60, deadline=None)
HALF_A_CAT = "cat \ud83d"


def without_empty_texts(rows: Rows) -> Rows:
    return [{k: None if v == "" else v for k, v in row.items()} for row in rows]


@FEW
@given(ROWS)
def test_csv_gives_the_rows_back(rows: Rows) -> None:
    assert [typed(cells) for cells in read_csv(csv_bytes(rows))] == without_empty_texts(rows)


@FEW
@given(ROWS)
def test_spreadsheet_safe_csv_gives_the_rows_back_without_its_marks(rows: Rows) -> None:
    content = csv_bytes(rows, spreadsheet_safe=True)

    unmarked = [{k: text_of(v) for k, v in cells.items()} for cells in read_csv(content)]

    assert [typed(cells) for cells in unmarked] == without_empty_texts(rows)


@FEW
@given(ROWS)
def test_parquet_gives_the_rows_back_in_their_types(rows: Rows) -> None:
    assert parquet_rows(rows) == rows


@FEW
@given(TEXT)
def test_json_lines_give_the_texts_back_one_object_a_line(text: str) -> None:
    assert json_records([{"a": text, "b": [text]}] * 2) == [{"a": text, "b": [text]}] * 2


def test_half_a_character_costs_only_itself() -> None:
    row = {column.name: None for column in COLUMNS} | {"headline": HALF_A_CAT}

    (cells,) = read_csv(csv_bytes([row]))
    (record,) = json_records([row])

    assert (cells["headline"], record["headline"]) == ("cat ?", "cat ?")


def test_csv_is_as_rfc_4180_says() -> None:
    row = {column.name: None for column in COLUMNS} | {"id": 1, "headline": 'a "b", c\nd'}

    content = csv_bytes([row])

    assert content == (
        b"id,score,headline,first_seen_at,baseline,authors,article_ids\r\n"
        b'1,,"a ""b"", c\nd",,,,\r\n'
    )


def test_parquet_tells_its_types_and_what_the_columns_mean() -> None:
    stream = io.BytesIO()
    write_parquet([], "articles", ARTICLES, stream)

    schema = pyarrow.parquet.read_schema(io.BytesIO(stream.getvalue()))

    assert schema.field("first_seen_at").type == pyarrow.timestamp("us", tz="UTC")
    assert schema.field("authors").type == pyarrow.list_(pyarrow.string())
    assert schema.metadata[b"firstseen.table"] == b"articles"
    assert schema.metadata[b"firstseen.version"]
    told = {field.name: field.metadata[b"description"].decode() for field in schema}
    assert told == {column.name: column.meaning for column in ARTICLES}


def test_parquet_row_groups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_file, "_ROWS_AT_ONCE", 10)
    monkeypatch.setattr(parquet_file, "_BYTES_PER_GROUP", 20_000)
    row = {column.name: None for column in COLUMNS} | {"headline": "x" * 100}
    stream = io.BytesIO()

    write_parquet(({**row, "id": n} for n in range(1000)), "articles", COLUMNS, stream)

    found = pyarrow.parquet.ParquetFile(io.BytesIO(stream.getvalue()))
    sizes = [found.metadata.row_group(n).num_rows for n in range(found.metadata.num_row_groups)]
    assert sum(sizes) == 1000
    assert max(sizes) <= 200


def test_without_pyarrow_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)

    with pytest.raises(parquet_file.ParquetError, match=r"install firstseen\[parquet\]"):
        parquet_file.require_pyarrow()


def test_records_have_schema_orgs_names_and_leave_out_what_is_empty() -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    row = {c.name: None for c in TABLES["revisions"]} | {"id": 7, "number": 2, "observed_at": at}

    assert record("revisions", row) == {
        "@type": "NewsArticle",
        "id": 7,
        "version": 2,
        "observedAt": "2026-11-23T12:00:00Z",
    }
