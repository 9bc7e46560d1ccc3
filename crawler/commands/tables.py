"""Tables for people: as wide as the terminal; redirected, one line per row as wide as needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_WIDE = 10_000  # wider than any row: programs read what is redirected line by line


def on_terminal() -> bool:
    """Return whether somebody is looking at standard output."""
    return sys.stdout.isatty()


def is_narrower_than(width: int) -> bool:
    """Return whether a terminal is looked at that has fewer columns; never when redirected."""
    return on_terminal() and _console().width < width


def print_records(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows one below the other, each cell on a line with its column's name.

    For narrow terminals: what is too long goes on below, nothing is cut.
    """
    console = _console()
    for row in rows:
        console.print(Text(row[0], style="bold"), overflow="fold")
        for name, cell in zip(columns[1:], row[1:], strict=True):
            if cell:
                line = Text.assemble((f"{name}: ", "dim"), cell)
                console.print(Padding(line, (0, 0, 0, 2)), overflow="fold")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[RenderableType]],
    *,
    wrapped: Collection[str] = (),
) -> None:
    """Print a table; only the ``wrapped`` columns give way on a narrow terminal.

    Texts are shown as they are, never read as markup. A column with nothing in it is left out.
    """
    cells = [[Text(c) if isinstance(c, str) else c for c in row] for row in rows]
    shown = [n for n in range(len(columns)) if any(not _is_empty(row[n]) for row in cells)]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for n in shown:
        table.add_column(columns[n], no_wrap=columns[n] not in wrapped, overflow="fold")
    for row in cells:
        table.add_row(*(row[n] for n in shown))
    if cells:
        _console().print(table)


def _console() -> Console:
    if not on_terminal():
        return Console(width=_WIDE, color_system=None)
    plain = "NO_COLOR" in os.environ  # https://no-color.org: and bold would be a surprise
    return Console(color_system=None if plain else "auto")


def _is_empty(cell: RenderableType) -> bool:
    return isinstance(cell, Text) and not cell.plain


def with_address(headline: str, url: str) -> RenderableType:
    """Return a cell with the headline and, below it, the address cut to the column's width."""
    link = f"link {url}"  # terminals that know links open the whole address
    address = Text(url, style=f"dim {link}", no_wrap=True, overflow="ellipsis")
    return Group(Text(headline, style=link), address)
