"""Measures article reading beside the peers: ``make bench-reading``.

    --peers PYTHON     the interpreter of an environment that holds the peers and scikit-learn, as
                       ``peers-constraints.txt`` pins them: measure them too, and firstseen's bodies
                       on publishers its chooser never saw
    --every N          only every Nth page, for a quick look
    --workers N        read N parts at a time (one): sooner done, and every tool slowed alike
    --write            write docs/benchmarks/reading.md

The pages are read in parts, every tool one part after the other, so that what else the machine
does is shared by all. CPU is each process's own; the ratio to trafilatura is what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.reading_figures import (
    Row,
    caption_shares,
    figures_of,
    language_table,
    table,
)
from tests.benchmarks.reading_pages import PAGES, load_rows
from tests.benchmarks.reading_ratio import in_turns, sentence

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "benchmarks" / "reading.md"
OURS = "tests.benchmarks.adapters:extract"
PEERS = {
    "trafilatura": "tests.benchmarks.reading_peers:trafilatura_default",
    "newspaper4k": "tests.benchmarks.reading_peers:newspaper",
    "news-please": "tests.benchmarks.reading_peers:newsplease",
    "readability-lxml": "tests.benchmarks.reading_peers:readability",
}
_PARTS = 3
_UNSEEN = "firstseen, publishers never seen"


def answers_of(adapter: str, python: str, start: int, end: int, every: int) -> list[dict[str, Any]]:
    """Return what an adapter says of the pages from ``start`` to ``end``, in a process apart."""
    pages = (str(start), str(end), str(every))
    lines = _output_of(python, "tests.benchmarks.reading_run", adapter, str(PAGES), after=pages)
    return [json.loads(line) for line in lines.splitlines()]


def texts_unseen(python: str) -> dict[str, str]:
    """Return bodies by page, chosen by models that never saw the page's publisher."""
    texts: dict[str, str] = json.loads(_output_of(python, "tests.benchmarks.reading_unseen"))
    return texts


def _output_of(python: str, module: str, *before: str, after: Sequence[str] = ()) -> str:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "answers"
        command = [python, "-m", module, *before, str(out), *after]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, start_new_session=True
        )
        # peers warn about what they do not like in pages; that matters where they fail
        if done.returncode:
            raise SystemExit(f"{module} failed:\n{done.stderr[-2000:]}")
        return out.read_text(encoding="utf-8")


def measure(peers: str | None, *, every: int = 1, workers: int = 1) -> list[Row]:
    """Return one row of figures per tool, ours first."""
    count = len(load_rows(PAGES))
    tools = [("firstseen", OURS, sys.executable)]
    tools += [(name, adapter, peers) for name, adapter in PEERS.items() if peers]
    bounds = [count * part // _PARTS for part in range(_PARTS + 1)]
    with ThreadPoolExecutor(workers) as pool:
        unseen = pool.submit(texts_unseen, peers) if peers else None
        parts = [
            (name, pool.submit(answers_of, adapter, python, start, end, every))
            for start, end in pairwise(bounds)
            for name, adapter, python in tools
        ]
        found: dict[str, list[dict[str, Any]]] = {name: [] for name, _, _ in tools}
        for name, part in parts:
            found[name] += part.result()
        texts = unseen.result() if unseen else {}
    rows = [figures_of(name, answers, PAGES) for name, answers in found.items()]
    if texts:
        ours = [{**a, "text": texts.get(a["id"], a.get("text"))} for a in found["firstseen"]]
        rows.insert(1, figures_of(_UNSEEN, ours, PAGES))
    return rows


def report(rows: Sequence[Row], conditions: Sequence[str]) -> str:
    """Return the report as Markdown."""
    captions, credits_ = caption_shares(PAGES)
    lines = [
        "# Reading articles: figures",
        "",
        "Written by `make bench-reading`. The pages are test data beside the checkout and no part",
        "of it. F1, title, authors: the data sets with whole texts; day: fundus / mcdate; minute:",
        "fundus. CPU: all fields a tool has, median of the pages, and as a ratio to trafilatura",
        "with metadata: all tools in turn on parts of the pages, a reading each, whatever else the",
        "machine does.",
        "",
        *table(rows),
        "",
        f"The weights in the package have seen these pages; the row of {_UNSEEN!r} is",
        "what counts: its bodies were chosen by models learnt from other publishers' pages (five",
        "folds), with what was learnt being all that differs.",
        "",
        f"Lead picture of the fundus pages: caption exact {captions:.3f}, credit {credits_:.3f}.",
        "",
        "Body F1 by language (pages):",
        "",
        *language_table(rows),
        "",
        *_errors(rows),
        *conditions,
    ]
    return "\n".join(lines) + "\n"


def _errors(rows: Sequence[Row]) -> list[str]:
    """Return what the tools raised; on these pages their answer counted as empty."""
    lines = []
    for row in rows:
        if row.errors and row.name != _UNSEEN:
            kinds = Counter(error.split(":")[0] for error in row.errors).most_common(3)
            named = ", ".join(f"{kind} ({count})" for kind, count in kinds)
            lines.append(f"- {row.name} raised on {len(row.errors)} pages: {named}.")
    if not lines:
        return []
    return ["Pages on which a tool raised; its answer counted as empty:", "", *lines, ""]


def conditions_of(peers: str | None, pages: int) -> list[str]:
    """Return when, where and with which versions it was measured."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = [sentence(*in_turns(peers, every=8)), ""] if peers else []
    lines += [
        f"{pages} pages were read by every tool.",
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC with Python {platform.python_version()},",
        f"{os.cpu_count()} processors, load {load} at the end (1, 5, 15 minutes).",
    ]
    if peers:
        names = (*PEERS, "lxml")
        code = (
            "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
        )
        stated = subprocess.run(
            [peers, "-c", code, *names], check=True, capture_output=True, text=True
        )
        versions = zip(names, stated.stdout.split(), strict=True)
        lines.append("Versions: " + ", ".join(f"{name} {v}" for name, v in versions) + ".")
    return lines


def main() -> None:
    """Measure, print, and write the report where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", metavar="PYTHON")
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    rows = measure(given.peers, every=given.every, workers=given.workers)
    text = report(rows, conditions_of(given.peers, rows[0].pages))
    print(text)
    if given.write:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
