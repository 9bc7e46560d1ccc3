"""Rows as CSV (RFC 4180): as they are, or so that no spreadsheet takes a text for a formula."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from pipelines.export.columns import Column
from pipelines.export.schema_org import iso_time

# OWASP, CSV Injection: = + - @ tab and carriage return begin a formula. Spreadsheets also skip
# spaces, what cannot be seen, and quotation marks before it, and know the full-width signs. A cell
# that begins with ' is marked too, or nobody could tell our mark from the publisher's.
_FORMULA = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\"'"
    "\u2018-\u201f\u00ab\u00bb`]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
    "|[\x00-\x1f']"
)
_MARK = "'"
#: Excel takes a file without it for the system's old code page.
BYTE_ORDER_MARK = "\ufeff"
_ESCAPED = re.compile(r"([\\;])")
_ENTRY = re.compile(r"(?:[^\\;]|\\[\\;])+")  # a semicolon behind a backslash separates nothing
_UNESCAPED = re.compile(r"\\([\\;])")


def write_csv(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[Column],
    stream: BinaryIO,
    *,
    spreadsheet_safe: bool = False,
) -> None:
    """Write a header and the rows in UTF-8.

    ``spreadsheet_safe`` puts an apostrophe before every text that could be a formula, and quotes
    all cells: where a semicolon separates cells, a text could begin a new one in its middle.
    """
    # RFC 4180 2.1, 2.6: lines end with CRLF; cells with commas, quotes or line ends are quoted.
    # What has no UTF-8 becomes a question mark: it must not cost the rest of the export.
    text = codecs.getwriter("utf-8")(stream, "replace")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if spreadsheet_safe else csv.QUOTE_MINIMAL)
    names = [column.name for column in columns]
    if spreadsheet_safe:
        text.write(BYTE_ORDER_MARK)
    writer.writerow(names)
    for row in rows:
        cells = [cell(row[name]) for name in names]
        writer.writerow([spreadsheet_cell(c) for c in cells] if spreadsheet_safe else cells)


def cell(value: object) -> str:
    """Return a value as it stands in a cell; nothing is an empty one."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return iso_time(value) or ""
    if isinstance(value, list):
        return "; ".join(_ESCAPED.sub(r"\\\1", str(entry)) for entry in value)
    return str(value)


def list_of(text: str) -> list[str]:
    """Return the entries of a list's cell: what ``cell`` joined."""
    # The blank that stands behind each separator belongs to it.
    found = (entry[0] for entry in _ENTRY.finditer(text))
    return [_UNESCAPED.sub(r"\1", entry[bool(n) :]) for n, entry in enumerate(found)]


def spreadsheet_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: marked with an apostrophe if need be.

    ``text_of`` takes the mark away again.
    """
    return _MARK + text if _FORMULA.match(text) else text


def text_of(marked: str) -> str:
    """Return the text that ``spreadsheet_cell`` may have marked."""
    return marked.removeprefix(_MARK)
