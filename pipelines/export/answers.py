"""The answer to a query as CSV, JSON or JSON Lines, written as it is read."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from pipelines.export.csv_file import BYTE_ORDER_MARK, cell, spreadsheet_cell
from pipelines.export.json_lines import write_json_lines

Row = Sequence[Any]


def write_answer_csv(
    columns: Sequence[str], rows: Iterable[Row], stream: BinaryIO, *, spreadsheet_safe: bool = False
) -> None:
    """Write a header and the rows (RFC 4180), in UTF-8; ``spreadsheet_safe`` as exports do."""
    text = codecs.getwriter("utf-8")(stream, "replace")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if spreadsheet_safe else csv.QUOTE_MINIMAL)
    if spreadsheet_safe:
        text.write(BYTE_ORDER_MARK)
    # Names of columns are the asker's, but an alias may hold anything.
    writer.writerow([spreadsheet_cell(c) for c in columns] if spreadsheet_safe else columns)
    for row in rows:
        if spreadsheet_safe:
            # A number is no formula: -5 stays a number, and the text "-5" does not become one.
            writer.writerow([spreadsheet_cell(v) if isinstance(v, str) else cell(v) for v in row])
        else:
            writer.writerow([cell(value) for value in row])


def write_answer_json_lines(columns: Sequence[str], rows: Iterable[Row], stream: BinaryIO) -> None:
    """Write one object a line, in UTF-8."""
    write_json_lines(_records(columns, rows), stream)


def write_answer_json(columns: Sequence[str], rows: Iterable[Row], stream: BinaryIO) -> None:
    """Write one array of objects (RFC 8259), in UTF-8."""
    stream.write(b"[")
    for number, record in enumerate(_records(columns, rows)):
        line = json.dumps(record, ensure_ascii=False)
        stream.write(b",\n " if number else b"\n ")
        stream.write(line.encode("utf-8", "replace"))
    stream.write(b"\n]\n")


def _records(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    names = distinct_names(columns)
    return (dict(zip(names, row, strict=True)) for row in rows)


def distinct_names(columns: Sequence[str]) -> list[str]:
    """Return the names, a second "source" as "source_2": an object has each name once."""
    taken: set[str] = set()
    names = []
    for column in columns:
        name, number = column, 2
        while name in taken:
            name, number = f"{column}_{number}", number + 1
        taken.add(name)
        names.append(name)
    return names
