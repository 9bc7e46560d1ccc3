"""The changes of an article in a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from crawler.commands.stories_shown import counted
from crawler.commands.tables import on_terminal
from pipelines.revisions import RevisionChange, Span, Wording, classify_change, diff_words
from pipelines.storage.models import Revision
from pipelines.storage.revisions import ArticleHistory

_STYLES = {"removed": "red strike", "added": "green underline", "same": ""}
# Where there is no colour: as `git diff --word-diff` writes it.
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", "")}


def change_between(before: Revision, after: Revision) -> RevisionChange:
    """Return what changed from one stored wording to another."""
    return classify_change(
        Wording(before.headline, before.article_body), Wording(after.headline, after.article_body)
    )


def told_change(before: Revision, after: Revision) -> str:
    """Return in one line what kind of change it was."""
    change = change_between(before, after)
    parts = []
    if change.kind == "replaced":
        parts.append("the page was replaced: little of the text is left")
    if change.headline_changed:
        parts.append("headline changed")
    parts.append(f"{counted(change.words_added, 'word')} added, {change.words_removed} removed")
    if change.correction_added or after.correction_added:
        parts.append("with a correction note")
    return ", ".join(parts)


def told_times(row: Revision) -> str:
    """Return when a wording was observed, and until when it was still seen."""
    told = f"wording {row.number}, observed {row.observed_at:%Y-%m-%d %H:%M:%S} UTC"
    if row.last_seen_at and row.last_seen_at > row.observed_at:
        told += f", last seen {row.last_seen_at:%Y-%m-%d %H:%M:%S}"
    return told


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
        for paragraph in _paragraphs(diff_words(before.article_body, after.article_body), whole):
            console.print(_line(paragraph, coloured))


def by_line(spans: Iterable[Span]) -> list[list[Span]]:
    """Return the spans of each paragraph, empty ones left out."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        for number, part in enumerate(span.text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Span(span.kind, part))
    return [line for line in lines if line]


def _line(spans: Iterable[Span], coloured: bool) -> Text:
    line = Text("  ")
    for span in spans:
        if coloured:
            line.append(span.text, style=_STYLES[span.kind])
        else:
            opened, closed = _MARKS[span.kind]
            line.append(f"{opened}{span.text}{closed}")
    return line


def _paragraphs(spans: Iterable[Span], whole: bool) -> list[list[Span]]:
    """The spans by line; runs of unchanged lines are one line with an ellipsis unless ``whole``."""
    shown: list[list[Span]] = []
    for line in by_line(spans):
        if whole or any(span.kind != "same" for span in line):
            shown.append(line)
        elif not shown or shown[-1] != _LEFT_OUT:
            shown.append(_LEFT_OUT)
    return shown


_LEFT_OUT = [Span("same", "…")]
