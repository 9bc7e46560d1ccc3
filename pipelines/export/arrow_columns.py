"""Python values as Arrow arrays, laid out by Arrow's columnar format.

pyarrow would do it itself, but before it looks at its first list it imports pandas, where there is
one, to ask whether the list is one of pandas's: 50 MB that no export needs.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain
from typing import Any

from pipelines.export.columns import Column, ColumnKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# https://arrow.apache.org/docs/format/Columnar.html: each array is a bitmap that says which values
# there are (least significant bit first), offsets where values differ in length, and the values.


def arrow_type(arrow: Any, kind: ColumnKind) -> Any:
    """Return the type of a kind of column."""
    kinds: Mapping[ColumnKind, Any] = {
        "text": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "truth": arrow.bool_(),
        "time": arrow.timestamp("us", tz="UTC"),
        "texts": arrow.list_(arrow.string()),
        "integers": arrow.list_(arrow.int64()),
    }
    return kinds[kind]


def record_batch(
    arrow: Any, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], schema: Any
) -> Any:
    """Return the rows as one record batch of ``schema``."""
    arrays = [_array(arrow, column.kind, [row[column.name] for row in rows]) for column in columns]
    return arrow.RecordBatch.from_arrays(arrays, schema=schema)


def _array(arrow: Any, kind: ColumnKind, values: list[Any]) -> Any:
    made_of = arrow_type(arrow, kind)
    buffers = [_bits([value is not None for value in values])]
    children = None
    if kind in ("texts", "integers"):
        lists = [value or [] for value in values]
        inner: ColumnKind = "text" if kind == "texts" else "integer"
        children = [_array(arrow, inner, list(chain.from_iterable(lists)))]
        buffers.append(_offsets(lists))
    elif kind == "text":
        texts = [(value or "").encode("utf-8", "replace") for value in values]
        buffers += [_offsets(texts), b"".join(texts)]
    else:
        buffers.append(_FIXED[kind](values))
    wrapped = [arrow.py_buffer(content) for content in buffers]
    return arrow.Array.from_buffers(made_of, len(values), wrapped, children=children)


def _bits(values: Sequence[object]) -> bytes:
    number = int("".join("1" if value else "0" for value in reversed(values)) or "0", 2)
    return number.to_bytes((len(values) + 7) // 8, "little")


def _offsets(values: Sequence[Sequence[Any]]) -> bytes:
    return array("i", accumulate(map(len, values), initial=0)).tobytes()


def _integers(values: Sequence[int | None]) -> bytes:
    return array("q", (value or 0 for value in values)).tobytes()


def _numbers(values: Sequence[float | None]) -> bytes:
    return array("d", (value or 0.0 for value in values)).tobytes()


def _times(values: Sequence[datetime | None]) -> bytes:
    return _integers([None if at is None else (at - _EPOCH) // _MICROSECOND for at in values])


_FIXED: Mapping[ColumnKind, Callable[[Sequence[Any]], bytes]] = {
    "integer": _integers,
    "number": _numbers,
    "truth": _bits,
    "time": _times,
}
