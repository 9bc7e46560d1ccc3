"""Where the answer to a query goes: a table for people, a file, a pipe, or a terminal."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from pipelines.export.whole_file import whole_file
from pipelines.messages import one_line

_LONGEST_CELL = 160  # signs; whoever wants all of a text asks for CSV or JSON
_WIDE = 10_000  # wider than any row: programs read what is redirected line by line
# ECMA-48: C0 and C1 control characters move cursors, set titles, answer in our name.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Give the stream to write to: a whole file, or standard output for "-".

    What a site wrote must not command the terminal: control characters are shown as escapes there.
    """
    if name != "-":
        with whole_file(name) as stream:
            yield stream
        return
    sys.stdout.flush()
    out = sys.stdout.buffer
    yield cast(BinaryIO, _Harmless(out)) if sys.stdout.isatty() else out
    out.flush()


class _Harmless(io.RawIOBase):
    """A stream that shows control characters instead of obeying them."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, text: Any) -> int:
        # Writers hand over whole lines, so no sign is cut in two.
        plain = bytes(text).decode("utf-8", "replace")
        self._out.write(_CONTROLS.sub(_shown, plain).encode())
        return len(text)


def _shown(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: BinaryIO) -> None:
    """Write a table: as wide as the terminal, or one line per row where nobody looks."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(Text(one_line(column)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    on_terminal = isinstance(stream, _Harmless)
    text = io.StringIO()
    width = Console().width if on_terminal else _WIDE
    Console(file=text, width=width, color_system=None, highlight=False).print(table)
    lines = (line.rstrip() for line in text.getvalue().splitlines())
    stream.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))


def _cell(value: Any) -> str:
    """Return a value on one line, numbers right as they are, nothing as nothing."""
    if value is None:
        return ""
    text = one_line(str(value))
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
