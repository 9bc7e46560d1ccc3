"""Turns answers about pages into the figures of the reading report."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.extraction.plain_text import words
from tests.benchmarks.body_figures import load_scorer
from tests.benchmarks.reading_pages import html_of, load_rows

TITLED = ("fundus", "n4k")


@dataclass(frozen=True, slots=True)
class Row:
    """One tool's figures; None where its answers hold nothing of the kind."""

    name: str
    body_f1: float
    title: float
    authors: float
    day_fundus: float
    day_mcdate: float
    minute: float
    ms: float


def figures_of(name: str, answers: Sequence[dict[str, Any]], pages: Path) -> Row:
    """Return the figures of one tool."""
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
            counts.append(scorer.text_counts(row["text"], optional, text)[0])
        if row["dataset"] in TITLED and "title" in row:
            titles.append(scorer.title_match(row["title"], answer.get("title"))[0])
        if row["dataset"] in TITLED and "authors" in row:
            authors.append(scorer.set_f1(row["authors"], answer.get("authors")))
        if row["dataset"] in days and "published_at" in row:
            day, _, minute = scorer.date_match(row["published_at"], answer.get("published_at"))
            days[row["dataset"]].append(day)
            if minute is not None and row["dataset"] == "fundus":
                minutes.append(minute)
    return Row(
        name,
        scorer.prf(counts)[2],
        _mean(titles),
        _mean(authors),
        _mean(days["fundus"]),
        _mean(days["mcdate"]),
        _mean(minutes),
        statistics.median(a["ms"] for a in answers),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def table(rows: Sequence[Row]) -> list[str]:
    """Return the rows as lines of a Markdown table."""
    lines = [
        "| tool | body F1 | title exact | authors F1 | day | to the minute | CPU ms, median |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            f"| {r.name} | {r.body_f1:.3f} | {r.title:.3f} | {r.authors:.3f} "
            f"| {r.day_fundus:.3f} / {r.day_mcdate:.3f} | {r.minute:.3f} | {r.ms:.1f} |"
        )
    return lines


def ratio(rows: Sequence[Row]) -> float:
    """Return our CPU as a share of trafilatura's."""
    by_name = {r.name: r.ms for r in rows}
    return by_name["firstseen"] / by_name["trafilatura"]


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
