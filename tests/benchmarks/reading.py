"""Measures article reading beside the peers: ``python -m tests.benchmarks.reading``.

    --peers            install newspaper4k, news-please and readability-lxml into a virtual
                       environment of their own, under a temporary folder, and measure them too
    --cross-validate   body F1 by publisher: needs numpy and scikit-learn (see train_body.py)
    --limit N          every page counts; with N only the first N
    --write            write docs/benchmarks/reading.md

All tools read the same pages one after the other in the same run: CPU is the process's own, so the
ratio to trafilatura is what counts, not the milliseconds. trafilatura is a tool of this bench only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.reading_figures import Row, caption_shares, figures_of, ratio, table
from tests.benchmarks.reading_pages import PAGES

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "benchmarks" / "reading.md"
OURS = "tests.benchmarks.adapters:extract"
PEERS_HERE = ("tests.benchmarks.reading_peers:trafilatura_default",)
PEERS_APART = {
    "newspaper4k": "tests.benchmarks.reading_peers:newspaper",
    "news-please": "tests.benchmarks.reading_peers:newsplease",
    "readability-lxml": "tests.benchmarks.reading_peers:readability",
}


def predictions(
    adapter: str, *, python: str = sys.executable, pages: Path = PAGES, limit: int = 0
) -> list[dict[str, Any]]:
    """Return what an adapter says of every page, run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "predictions.jsonl"
        command = [python, "-m", "tests.benchmarks.reading_run", adapter, str(pages), str(out)]
        subprocess.run([*command, str(limit)], cwd=ROOT, check=True)
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def peers_environment(folder: Path) -> str:
    """Return the interpreter of an environment that holds the peers."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    packages = [*PEERS_APART, "lxml_html_clean"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def measure(*, peers: bool = False, limit: int = 0) -> list[Row]:
    """Return one row of figures per tool, ours first."""
    named = {"firstseen": predictions(OURS, limit=limit)}
    for adapter in PEERS_HERE:
        named["trafilatura"] = predictions(adapter, limit=limit)
    if peers:
        with tempfile.TemporaryDirectory() as folder:
            python = peers_environment(Path(folder))
            for name, adapter in PEERS_APART.items():
                named[name] = predictions(adapter, python=python, limit=limit)
    return [figures_of(name, rows, PAGES) for name, rows in named.items()]


def report(rows: Sequence[Row], cross_validated: dict[str, Any] | None) -> str:
    """Return the report as Markdown."""
    captions, credits_ = caption_shares(PAGES)
    lines = [
        "# Reading articles: figures",
        "",
        "Written by `python -m tests.benchmarks.reading --write`. The pages are test data beside",
        "the checkout and no part of it. F1, title, authors: the data sets with whole texts;",
        "day: fundus / mcdate; minute: fundus.",
        "",
        *table(rows),
        "",
        f"CPU ratio to trafilatura (median, same run): **{ratio(rows):.2f}**.",
        f"Lead picture of the fundus pages: caption exact {captions:.3f}, credit {credits_:.3f}.",
        "",
        "The shipped weights have seen these pages. On publishers never seen (five folds, split",
        "by publisher):",
        "",
        "| data | pages | precision | recall | F1 |",
        "|---|---|---|---|---|",
    ]
    for name, cells in (cross_validated or {}).items():
        if "F1" in cells:
            lines.append(f"| {name} | {cells['n']} | {cells['P']} | {cells['R']} | {cells['F1']} |")
    if cross_validated is None:
        lines.append("| not measured in this run | | | | |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the report where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", action="store_true")
    options.add_argument("--cross-validate", action="store_true")
    options.add_argument("--limit", type=int, default=0)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    unseen = None
    if given.cross_validate:
        from tests.benchmarks.train_body import cross_validated_figures

        unseen = cross_validated_figures(PAGES)
    text = report(measure(peers=given.peers, limit=given.limit), unseen)
    print(text)
    if given.write:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
