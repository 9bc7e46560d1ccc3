"""A progress bar on standard error for what takes long and is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_T = TypeVar("_T")
_STEP = 500  # rows between two movements; each costs as much as some rows


def counted(rows: Iterable[_T], told: str, total: int | None) -> Iterator[_T]:
    """Yield the rows and show how many have passed; ``total`` None: nobody knows of how many."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        task = progress.add_task(told, total=total)
        passed = 0
        for row in rows:
            yield row
            passed += 1
            if passed % _STEP == 0:
                progress.update(task, completed=passed)
        progress.update(task, completed=passed)
