"""The labelled pages beside the checkout; standard library only, so that peers' runs load it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parents[2].parent / "shared" / "pages"


def load_rows(pages: Path = PAGES) -> list[dict[str, Any]]:
    """Return the lines of truth.jsonl."""
    with (pages / "truth.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def html_of(row: dict[str, Any], pages: Path = PAGES) -> bytes:
    """Return the bytes of a page."""
    return gzip.decompress((pages / "pages" / f"{row['id']}.html.gz").read_bytes())
