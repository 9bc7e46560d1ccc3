"""Rows as Parquet: real times, lists as lists, and what each column means inside the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import islice
from typing import Any, BinaryIO

from pipelines.export.arrow_columns import arrow_type, record_batch
from pipelines.export.columns import Column, Noun
from pipelines.operator_error import OperatorError

_ROWS_AT_ONCE = 250  # turned into Arrow's compact form together
# Row groups are what readers skip and load by; memory holds one of them.
_ROWS_PER_GROUP = 50_000
_BYTES_PER_GROUP = 8 * 1024 * 1024
_BYTES_PER_PAGE = 128 * 1024  # of each column; forty of them are open at once


class ParquetError(OperatorError):
    """pyarrow is not installed."""


def require_pyarrow() -> Any:
    """Return pyarrow. Raises ParquetError with how to install it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ParquetError(
            "Parquet needs pyarrow: install firstseen[parquet], or choose --format csv or jsonl"
        ) from error
    return pyarrow


def schema_of(noun: Noun, columns: Sequence[Column]) -> Any:
    """Return the Arrow schema of a table, with every column's meaning as its metadata."""
    arrow = require_pyarrow()
    fields = [
        arrow.field(
            column.name,
            arrow_type(arrow, column.kind),
            metadata={"description": column.meaning},
        )
        for column in columns
    ]
    about = {
        "firstseen.version": version("firstseen"),
        "firstseen.table": noun,
        "description": f"{noun.capitalize()} of a firstseen archive, one row each; times are UTC.",
    }
    return arrow.schema(fields, metadata=about)


def write_parquet(
    rows: Iterable[Mapping[str, Any]], noun: Noun, columns: Sequence[Column], stream: BinaryIO
) -> None:
    """Write the rows in groups of bounded size; ``stream`` need not be seekable."""
    arrow = require_pyarrow()
    schema = schema_of(noun, columns)
    # The first and last text of a group by the alphabet help no reader, and fill the footer.
    ranged = [column.name for column in columns if column.kind not in ("text", "texts")]
    before = arrow.default_memory_pool()
    # Arrow's own pools keep what they had once; the system's takes 40 MB less for the same.
    arrow.set_memory_pool(arrow.system_memory_pool())
    try:
        with arrow.parquet.ParquetWriter(
            stream,
            schema,
            compression="zstd",
            write_statistics=ranged,
            use_dictionary=_repeating(columns),
            data_page_size=_BYTES_PER_PAGE,
            dictionary_pagesize_limit=_BYTES_PER_PAGE,
        ) as writer:
            for group in _groups(_batches(rows, columns, schema)):
                writer.write_table(arrow.Table.from_batches(group, schema))
    finally:
        arrow.set_memory_pool(before)


def _repeating(columns: Sequence[Column]) -> list[str]:
    """Name the columns whose values come again and again; a dictionary of bodies is only weight."""
    unique = {"id", "url", "canonical_url", "article_body", "description", "headline", "text_hash"}
    return [column.name for column in columns if column.name not in unique]


def _batches(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], schema: Any
) -> Iterator[Any]:
    arrow = require_pyarrow()
    waiting = iter(rows)
    while some := list(islice(waiting, _ROWS_AT_ONCE)):
        yield record_batch(arrow, some, columns, schema)


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for batch in batches:
        group.append(batch)
        rows, size = sum(b.num_rows for b in group), sum(b.nbytes for b in group)
        if rows >= _ROWS_PER_GROUP or size >= _BYTES_PER_GROUP:
            yield group
            group = []
    if group:
        yield group
