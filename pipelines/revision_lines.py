"""What changed between two wordings, ready to be shown: paragraphs of spans, and one line."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.revisions import RevisionChange, Span, Wording, classify_change, diff_words
from pipelines.storage.models import Revision

#: Stands for a run of paragraphs that did not change.
LEFT_OUT = [Span("same", "…")]


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
    words = "word" if change.words_added == 1 else "words"
    parts.append(f"{change.words_added} {words} added, {change.words_removed} removed")
    if change.correction_added or after.correction_added:
        parts.append("with a correction note")
    return ", ".join(parts)


def told_times(row: Revision) -> str:
    """Return when a wording was observed, and until when it was still seen."""
    told = f"wording {row.number}, observed {row.observed_at:%Y-%m-%d %H:%M:%S} UTC"
    if row.last_seen_at and row.last_seen_at > row.observed_at:
        told += f", last seen {row.last_seen_at:%Y-%m-%d %H:%M:%S}"
    return told


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


def changed_lines(before: str, after: str, *, whole: bool = False) -> list[list[Span]]:
    """Return the paragraphs of a word diff; unchanged ones are one LEFT_OUT unless ``whole``."""
    shown: list[list[Span]] = []
    for line in by_line(diff_words(before, after)):
        if whole or any(span.kind != "same" for span in line):
            shown.append(line)
        elif not shown or shown[-1] != LEFT_OUT:
            shown.append(LEFT_OUT)
    return shown
