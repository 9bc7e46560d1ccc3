"""Writes what the body chooser takes for the text of every page when it never saw the publisher.

``python -m tests.benchmarks.reading_unseen OUT`` needs numpy and scikit-learn: five models are
learnt, each from the pages of four fifths of the publishers, and read the other fifth.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.benchmarks.body_labels import PAGES, labelled_pages, load_rows
from tests.benchmarks.train_body import Table, cross_validated


def main(out: str) -> None:
    """Write one JSON object: text by the page's id."""
    texts = cross_validated(Table(list(labelled_pages(load_rows(PAGES), PAGES))))
    Path(out).write_text(json.dumps(texts), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
