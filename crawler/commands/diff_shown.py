"""The changes of an article in a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from crawler.commands.tables import on_terminal
from pipelines.revision_lines import changed_lines, told_change, told_times
from pipelines.revisions import Span, diff_words
from pipelines.storage.models import Revision
from pipelines.storage.revisions import ArticleHistory

_STYLES = {"removed": "red strike", "added": "green underline", "same": ""}
# Where there is no colour: as `git diff --word-diff` writes it.
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", "")}


def print_diff(
    history: ArticleHistory, steps: Sequence[tuple[Revision, Revision]], *, whole: bool
) -> None:
    """Print the steps; paragraphs without change are left out unless ``whole``."""
    coloured = on_terminal() and "NO_COLOR" not in os.environ
    width = None if on_terminal() else 200
    console = Console(
        highlight=False, soft_wrap=True, width=width, color_system="auto" if coloured else None
    )
    console.print(Text(f"{history.article.headline}", style="bold" if coloured else ""))
    console.print(Text(f"{history.source.slug}  {history.article.url}"))
    if not steps:
        console.print(Text(told_times(history.wordings[-1])))
        console.print(Text("no other wording to compare with"))
    for before, after in steps:
        console.print(Text(f"\n{told_times(before)}\n{told_times(after)}"))
        console.print(Text(told_change(before, after), style="bold" if coloured else ""))
        if before.headline != after.headline:
            console.print(_line(diff_words(before.headline, after.headline), coloured))
        for paragraph in changed_lines(before.article_body, after.article_body, whole=whole):
            console.print(_line(paragraph, coloured))


def _line(spans: Iterable[Span], coloured: bool) -> Text:
    line = Text("  ")
    for span in spans:
        if coloured:
            line.append(span.text, style=_STYLES[span.kind])
        else:
            opened, closed = _MARKS[span.kind]
            line.append(f"{opened}{span.text}{closed}")
    return line
