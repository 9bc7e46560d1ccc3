"""Turns answers about pages into the figures of the reading report."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.extraction.plain_text import words
from tests.benchmarks.body_figures import load_scorer
from tests.benchmarks.reading_pages import html_of, load_rows

TITLED = ("fundus", "n4k")
#: How the pages are grouped by the language that their truth names.
LANGUAGE_GROUPS = ("English", "German", "other Latin script", "other scripts", "not named")
_OTHER_SCRIPTS = {"ar", "bg", "el", "fa", "he", "hi", "ja", "ka", "ko", "mr", "ru", "sr"}
_OTHER_SCRIPTS |= {"ta", "te", "th", "uk", "ur", "zh"}


@dataclass(frozen=True, slots=True)
class Row:
    """One tool's figures; zero where its answers hold nothing of the kind."""

    name: str
    pages: int
    body_f1: float
    title: float
    authors: float
    day_fundus: float
    day_mcdate: float
    minute: float
    ms: float
    errors: tuple[str, ...] = ()  # one per page on which the tool raised
    by_language: Mapping[str, tuple[int, float]] | None = None  # pages and body F1 per group


def figures_of(name: str, answers: Sequence[dict[str, Any]], pages: Path) -> Row:
    """Return the figures of one tool. What it raised on counts as an empty answer."""
    scorer = load_scorer(pages)
    by_id = {a["id"]: a for a in answers}
    counts, titles, authors, minutes = [], [], [], []
    days: dict[str, list[int]] = {"fundus": [], "mcdate": []}
    for row in load_rows(pages):
        answer = by_id.get(row["id"])
        if answer is None:
            continue
        if "text" in row:
            optional = row.get("text_optional", [])
            text = answer.get("text") or ""
            count = scorer.text_counts(row["text"], optional, text)[0]
            counts.append((language_group(row), count))
        if row["dataset"] in TITLED and "title" in row:
            titles.append(scorer.title_match(row["title"], answer.get("title"))[0])
        if row["dataset"] in TITLED and "authors" in row:
            authors.append(scorer.set_f1(row["authors"], answer.get("authors")))
        # the truth of one page is no date at all: nobody can be right or wrong about it
        if row["dataset"] in days and scorer.parse_date(row.get("published_at"))[0] is not None:
            day, _, minute = scorer.date_match(row["published_at"], answer.get("published_at"))
            days[row["dataset"]].append(day)
            if minute is not None and row["dataset"] == "fundus":
                minutes.append(minute)
    return Row(
        name,
        len(answers),
        scorer.prf([count for _, count in counts])[2],
        _mean(titles),
        _mean(authors),
        _mean(days["fundus"]),
        _mean(days["mcdate"]),
        _mean(minutes),
        statistics.median(a["ms"] for a in answers),
        tuple(a["err"] for a in answers if a.get("err")),
        {g: _group_figures(scorer, counts, g) for g in LANGUAGE_GROUPS},
    )


def language_group(row: Mapping[str, Any]) -> str:
    """Return the group of LANGUAGE_GROUPS a page belongs to."""
    language = (row.get("language") or "")[:2].lower()
    if not language:
        return "not named"
    named = {"en": "English", "de": "German"}.get(language)
    return named or ("other scripts" if language in _OTHER_SCRIPTS else "other Latin script")


def _group_figures(scorer: Any, counts: Iterable[Any], group: str) -> tuple[int, float]:
    own = [count for name, count in counts if name == group]
    return len(own), scorer.prf(own)[2] if own else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def table(rows: Sequence[Row]) -> list[str]:
    """Return the rows as lines of a Markdown table."""
    base = next((r.ms for r in rows if r.name.startswith("trafilatura")), None)
    lines = [
        "| tool | body F1 | title exact | authors F1 | day | to the minute | CPU ms | ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            f"| {r.name} | {r.body_f1:.3f} | {r.title:.3f} | {r.authors:.3f} "
            f"| {r.day_fundus:.3f} / {r.day_mcdate:.3f} | {r.minute:.3f} | {r.ms:.1f} "
            f"| {f'{r.ms / base:.2f}' if base else ''} |"
        )
    return lines


def language_table(rows: Sequence[Row]) -> list[str]:
    """Return body F1 per group of languages as lines of a Markdown table."""
    groups = [(g, (rows[0].by_language or {}).get(g, (0, 0.0))[0]) for g in LANGUAGE_GROUPS]
    shown = [(group, pages) for group, pages in groups if pages]
    lines = [
        "| tool | " + " | ".join(f"{group} ({pages})" for group, pages in shown) + " |",
        "|---" * (len(shown) + 1) + "|",
    ]
    for r in rows:
        cells = (f"{(r.by_language or {})[group][1]:.3f}" for group, _ in shown)
        lines.append(f"| {r.name} | " + " | ".join(cells) + " |")
    return lines


def caption_shares(pages: Path) -> tuple[float, float]:
    """Return the shares of lead pictures whose caption and credit are read exactly."""
    from tests.benchmarks.adapters import extract

    captions, credited = [], []
    for row in load_rows(pages):
        lead = next((i for i in row.get("images", ()) if i["is_cover"]), None)
        if lead is None:
            continue
        images = extract(html_of(row, pages), row["url"])["images"]
        first = images[0] if images else {}
        if lead["caption"]:
            captions.append(words(lead["caption"]) == words(first.get("caption") or ""))
        if lead["authors"]:
            stated = words(" ".join(lead["authors"]))
            credited.append(stated == words(first.get("credit") or ""))
    return _mean(captions), _mean(credited)
