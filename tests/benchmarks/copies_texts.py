"""Pair F1, wrong suppression and speed of copies: python -m tests.benchmarks.copies_texts"""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from pipelines.fingerprint import fingerprint
from tests.benchmarks.adapters import copy_groups

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "copies"


def rows(name: str) -> list[dict[str, Any]]:
    with (SHARED / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("copies_score", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(kind: str) -> dict[str, float]:
    """``kind`` is real or synth."""
    articles = rows(f"copies_{kind}.jsonl")
    groups = copy_groups(articles)
    figures: dict[str, float] = scorer().score(articles, groups, rows(f"copies_{kind}_pairs.jsonl"))
    return figures


def main() -> None:
    for kind in ("real", "synth"):
        figures = measure(kind)
        names = ("pair_p", "pair_r", "pair_f1", "dup_recall", "false_suppress")
        print(kind, *(f"{name}={figures[name]:.4f}" for name in names))
        texts = [row["text"] for row in rows(f"copies_{kind}.jsonl")]
        started = time.process_time()
        for text in texts:
            fingerprint(text)
        print(f"{kind} fingerprints/s of CPU {len(texts) / (time.process_time() - started):,.0f}")


if __name__ == "__main__":
    main()
