"""Two texts beside each other: paragraphs of one and of the other with what differs marked."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.revision_lines import by_line
from pipelines.revisions import Span, diff_words
from pipelines.storage.models import Article, Source

_LONGEST = 20_000  # signs of each text; difflib is quadratic, and nobody reads further here


@dataclass(frozen=True, slots=True)
class SideBySide:
    """An article and the earlier one whose text it has.

    Each side is a list of paragraphs; "removed" marks what only the earlier one has, "added" what
    only the later one has.
    """

    earlier: Article
    earlier_source: Source
    later: Article
    later_source: Source
    earlier_text: tuple[tuple[Span, ...], ...]
    later_text: tuple[tuple[Span, ...], ...]
    is_cut: bool

    @property
    def is_equal(self) -> bool:
        """Whether no word differs."""
        both = (*self.earlier_text, *self.later_text)
        return all(span.kind == "same" for line in both for span in line)


def side_by_side(earlier: tuple[Article, Source], later: tuple[Article, Source]) -> SideBySide:
    """Return the two texts with the words that differ marked."""
    old, new = earlier[0].article_body, later[0].article_body
    spans = diff_words(old[:_LONGEST], new[:_LONGEST])
    return SideBySide(
        earlier=earlier[0],
        earlier_source=earlier[1],
        later=later[0],
        later_source=later[1],
        earlier_text=_side(spans, "added"),
        later_text=_side(spans, "removed"),
        is_cut=max(len(old), len(new)) > _LONGEST,
    )


def _side(spans: list[Span], without: str) -> tuple[tuple[Span, ...], ...]:
    lines = by_line(span for span in spans if span.kind != without)
    return tuple(tuple(line) for line in lines)
