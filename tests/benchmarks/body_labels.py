"""Labels for the training of the body chooser: which blocks of a page are in its true text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.body_features import Surroundings
from crawler.extraction.headline import choose_headline
from crawler.extraction.page import parse_page
from crawler.extraction.page_parts import blocks_of, surroundings_of
from crawler.extraction.plain_text import words
from crawler.extraction.structured_data import read_structured_data
from tests.benchmarks.reading_pages import PAGES, html_of, load_rows

__all__ = ["PAGES", "LabelledPage", "labelled_pages", "load_rows"]


@dataclass(slots=True)
class LabelledPage:
    """One page: its blocks, and for each 1 (body), 0 (not), or None (nobody knows)."""

    row: dict[str, Any]
    blocks: list[Block]
    about: Surroundings
    labels: list[int | None]


def labelled_pages(rows: list[dict[str, Any]], pages: Path = PAGES) -> Iterator[LabelledPage]:
    """Yield every page of which the text, or a part of it, is known."""
    for row in rows:
        if "text" not in row and "must" not in row:
            continue
        page = parse_page(html_of(row, pages), row["url"])
        if page is None:
            continue
        data = read_structured_data(page)
        blocks = blocks_of(page)
        about = surroundings_of(page, data, blocks, choose_headline(page, data, blocks))
        yield LabelledPage(row, blocks, about, _labels(row, blocks))


def _labels(row: dict[str, Any], blocks: list[Block]) -> list[int | None]:
    if "text" not in row:
        must = [" ".join(words(m)) for m in row["must"]]
        must_not = [" ".join(words(m)) for m in row["must_not"]]
        return [_partial(" ".join(words(b.text)), must, must_not) for b in blocks]
    truth = words(row["text"])
    left = Counter(tuple(truth[i : i + 4]) for i in range(max(len(truth) - 3, 0)))
    lines = Counter(" ".join(words(line)) for line in row["text"].split("\n"))
    optional = {" ".join(words(o)) for o in row.get("text_optional", [])}
    return [_label(words(b.text), left, lines, optional) for b in blocks]


def _partial(text: str, must: list[str], must_not: list[str]) -> int | None:
    if any(m and m in text for m in must):
        return 1
    return 0 if any(m and (m in text or (text in m and len(text) > 12)) for m in must_not) else None


def _label(
    own: list[str], left: Counter[Any], lines: Counter[str], optional: set[str]
) -> int | None:
    joined = " ".join(own)
    if joined in optional:
        return None
    if len(own) < 4:
        if lines[joined] > 0:
            lines[joined] -= 1
            return 1
        return 0
    shingles = [tuple(own[i : i + 4]) for i in range(len(own) - 3)]
    hits = sum(1 for s in shingles if left[s] > 0)
    if hits * 2 > len(shingles):
        left.subtract(s for s in shingles if left[s] > 0)
        return 1
    return 0
