"""Tables for people: as wide as the terminal; redirected, one line per row as wide as needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

_WIDE = 10_000  # wider than any row: programs read what is redirected line by line


def on_terminal() -> bool:
    """Return whether somebody is looking at standard output."""
    return sys.stdout.isatty()


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
        plain = "NO_COLOR" in os.environ  # https://no-color.org: and bold would be a surprise
        if not on_terminal():
            console = Console(width=_WIDE, color_system=None)
        else:
            console = Console(color_system=None if plain else "auto")
        console.print(table)


def _is_empty(cell: RenderableType) -> bool:
    return isinstance(cell, Text) and not cell.plain


def with_address(headline: str, url: str) -> RenderableType:
    """Return a cell with the headline and, below it, the address cut to the column's width."""
    link = f"link {url}"  # terminals that know links open the whole address
    address = Text(url, style=f"dim {link}", no_wrap=True, overflow="ellipsis")
    return Group(Text(headline, style=link), address)
