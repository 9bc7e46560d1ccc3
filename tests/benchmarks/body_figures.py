"""Scores chosen bodies with the scorer that lies beside the pages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.benchmarks.body_labels import LabelledPage


def load_scorer(pages: Path) -> ModuleType:
    """Return ``score.py`` of the pages as a module."""
    spec = importlib.util.spec_from_file_location("pages_score", pages / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(pages / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def body_figures(
    pages: list[LabelledPage], texts: dict[str, str], folder: Path
) -> dict[str, dict[str, Any]]:
    """Return precision, recall and F1 per data set, and the share of snippets kept and dropped."""
    scorer = load_scorer(folder)
    counts: dict[str, list[Any]] = {}
    keep, drop = [], []
    for page in pages:
        row, text = page.row, texts[page.row["id"]]
        if "text" in row:
            count, _ = scorer.text_counts(row["text"], row.get("text_optional", []), text)
            for name in (row["dataset"], "ALL"):
                counts.setdefault(name, []).append(count)
        else:
            flat = " ".join(text.split())
            keep += [" ".join(m.split()) in flat for m in row["must"]]
            drop += [" ".join(m.split()) not in flat for m in row["must_not"]]
    figures: dict[str, dict[str, Any]] = {}
    for name, values in counts.items():
        precision, recall, f1 = scorer.prf(values)
        figures[name] = {"n": len(values), "P": round(precision, 4), "R": round(recall, 4)}
        figures[name]["F1"] = round(f1, 4)
    if keep and drop:
        figures["snippets"] = {"keep": sum(keep) / len(keep), "drop": sum(drop) / len(drop)}
    return figures
