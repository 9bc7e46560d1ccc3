"""Rebuilds crawler/extraction/body_weights.json from labelled pages; prints cross-validated F1.

    python -m tests.benchmarks.train_body [--pages DIR] [--no-cross-validation]

Needs numpy and scikit-learn, which the product does not: run it from an environment of its own.
Splitting is by publisher, so the figures hold for publishers never seen. One to two minutes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.body import choose_among
from crawler.extraction.body_features import FEATURES, HINT_FEATURES, ZONES, Zones, describe
from crawler.extraction.body_model import WEIGHTS
from crawler.extraction.hints import BIT
from crawler.extraction.site_memory import SiteMemory
from tests.benchmarks.body_labels import PAGES, LabelledPage, labelled_pages, load_rows

# Eight leaves keep a tree readable; seventy trees cost 0.015 ms a block, and more gain nothing
TREES = {"max_iter": 70, "max_leaf_nodes": 8, "learning_rate": 0.2, "min_samples_leaf": 20}
#: Pages of which only snippets are known teach less than pages of which the whole text is.
SNIPPET_WEIGHT = 0.35
FOLDS = 5
#: A site is remembered where this many of its pages have whole texts.
SITE_PAGES = 3


class Table:
    """All candidate blocks of all pages as one matrix."""

    def __init__(self, pages: list[LabelledPage]) -> None:
        import numpy as np

        rows, labels, weights = [], [], []
        self.pages = pages
        self.spans: list[tuple[int, int]] = []
        self.blocks: list[Block] = []
        self.groups: list[str] = []
        for page in pages:
            start = len(rows)
            share = 1.0 if "text" in page.row else SNIPPET_WEIGHT
            described, zones = describe(page.blocks, page.about), Zones(page.about.top)
            sizes = [min(len(b.text), 1500) ** 0.4 for b, _ in described]
            whole = sum(sizes) or 1.0
            for (block, row), size in zip(described, sizes, strict=True):
                masks = zones.of(block)
                hints = [
                    1 if masks[ZONES.index(z)] & BIT[h] else 0
                    for z, h in (name.split(":") for name in HINT_FEATURES)
                ]
                label = page.labels[block.position]
                rows.append([*row, *hints])
                labels.append(-1 if label is None else label)
                weights.append(share * size / whole * 100)
                self.blocks.append(block)
                self.groups.append(page.row["group"])
            self.spans.append((start, len(rows)))
        self.x = np.array(rows, dtype=np.float64)
        self.y = np.array(labels)
        self.w = np.array(weights)


def fit(table: Table, chosen: Any) -> Any:
    """Return the model learnt from the rows ``chosen``."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    known = chosen[table.y[chosen] >= 0]
    model = HistGradientBoostingClassifier(
        early_stopping=False, random_state=0, l2_regularization=1.0, **TREES
    )
    return model.fit(table.x[known], table.y[known], sample_weight=table.w[known])


def unseen_scores(table: Table) -> list[list[tuple[Block, float]]]:
    """Return every page's blocks with scores of a model that never saw its publisher."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    scores = np.zeros(len(table.y))
    for train, test in GroupKFold(FOLDS).split(table.x, table.y, table.groups):
        scores[test] = fit(table, train).decision_function(table.x[test])
    return [
        list(zip(table.blocks[start:end], scores[start:end].tolist(), strict=True))
        for start, end in table.spans
    ]


def texts_alone(table: Table, scored: list[list[tuple[Block, float]]]) -> dict[str, str]:
    """Return the text chosen on every page read by itself."""
    return {
        page.row["id"]: _text(blocks, page)
        for page, blocks in zip(table.pages, scored, strict=True)
    }


def texts_remembered(table: Table, scored: list[list[tuple[Block, float]]]) -> dict[str, str]:
    """Return the text chosen with a memory of the site, for sites with enough whole texts."""
    sites: dict[str, list[tuple[LabelledPage, list[tuple[Block, float]]]]] = {}
    for page, blocks in zip(table.pages, scored, strict=True):
        sites.setdefault(page.row["group"], []).append((page, blocks))
    texts = {}
    for pages in sites.values():
        if sum("text" in page.row for page, _ in pages) < SITE_PAGES:
            continue
        memory = SiteMemory()
        for page, blocks in pages:
            memory.learn(page.row["url"], blocks)
        for page, blocks in pages:
            if "text" in page.row:
                adjusted = memory.adjusted(blocks, page.row["url"])
                texts[page.row["id"]] = _text(adjusted, page)
    return texts


def _text(scored: list[tuple[Block, float]], page: LabelledPage) -> str:
    return "\n".join(block.text for block in choose_among(scored, page.about))


def unseen_figures(table: Table, folder: Path) -> dict[str, Any]:
    """Return body figures per data set, and of the larger sites without and with their memory."""
    from tests.benchmarks.body_figures import body_figures

    scored = unseen_scores(table)
    alone, remembered = texts_alone(table, scored), texts_remembered(table, scored)
    figures = body_figures(table.pages, alone, folder)
    larger = [page for page in table.pages if page.row["id"] in remembered]
    figures["sites, alone"] = body_figures(larger, alone, folder)["ALL"]
    figures["sites, remembered"] = body_figures(larger, remembered, folder)["ALL"]
    return figures


def cross_validated(table: Table) -> dict[str, str]:
    """Return for every page the text chosen by a model that never saw its publisher."""
    return texts_alone(table, unseen_scores(table))


def export(model: Any) -> dict[str, Any]:
    """Return the model as plain data: nested [feature, threshold, left, right], leaves numbers."""
    used = sorted(
        {
            int(node["feature_idx"]) - len(FEATURES)
            for (tree,) in model._predictors
            for node in tree.nodes
            if not node["is_leaf"] and node["feature_idx"] >= len(FEATURES)
        }
    )
    place = {len(FEATURES) + old: len(FEATURES) + new for new, old in enumerate(used)}

    def tree_of(nodes: Any, at: int) -> Any:
        node = nodes[at]
        if node["is_leaf"]:
            return round(float(node["value"]), 4)
        feature = int(node["feature_idx"])
        left, right = (tree_of(nodes, int(node[side])) for side in ("left", "right"))
        return [place.get(feature, feature), round(float(node["num_threshold"]), 6), left, right]

    return {
        "features": list(FEATURES),
        "hints": [HINT_FEATURES[i] for i in used],
        "bias": round(float(model._baseline_prediction.ravel()[0]), 4),
        "trees": [tree_of(tree.nodes, 0) for (tree,) in model._predictors],
    }


def main() -> None:
    """Train, print the figures, write the weights."""
    import numpy as np

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=Path, default=PAGES)
    options.add_argument("--no-cross-validation", action="store_true")
    given = options.parse_args()
    table = Table(list(labelled_pages(load_rows(given.pages), given.pages)))
    print(f"{len(table.pages)} pages, {len(table.y)} blocks, {table.x.shape[1]} features")
    if not given.no_cross_validation:
        for name, figures in unseen_figures(table, given.pages).items():
            print(name, figures)
    data = export(fit(table, np.arange(len(table.y))))
    WEIGHTS.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {WEIGHTS.name}: {len(data['trees'])} trees, {len(data['hints'])} hints")


if __name__ == "__main__":
    main()
