"""Scores blocks with the trees learnt from labelled pages (``body_weights.json``)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.body_features import FEATURES, ZONES, Surroundings, describe, zones
from crawler.extraction.hints import BIT

WEIGHTS = Path(__file__).with_name("body_weights.json")


# The early trees weigh most: a block so low after them never comes back, whatever the page.
_FIRST_TREES = 30
_HOPELESS = -3.2


class BodyModel:
    """Boosted regression trees over FEATURES and hints; positive means "part of the body".

    A tree is a number (its leaf) or (feature, threshold, left, right): left where the feature is
    not above the threshold. Features beyond FEATURES are hints, named "zone:hint".
    """

    def __init__(self, data: dict[str, Any]) -> None:
        if data["features"] != list(FEATURES):
            raise ValueError(f"{WEIGHTS.name} was trained on other features; run `make train`")
        self.bias: float = data["bias"]
        self.trees = [_as_tuples(tree) for tree in data["trees"]]
        named = [name.split(":") for name in data["hints"]]
        self.hints = [(ZONES.index(zone), BIT[hint]) for zone, hint in named]

    def scores(self, blocks: Sequence[Block], about: Surroundings) -> list[tuple[Block, float]]:
        """Return the blocks that may be part of the body, in order, each with its score."""
        scored = []
        for block, row in describe(blocks, about):
            masks = zones(block, about.top)
            row += [1 if masks[zone] & bit else 0 for zone, bit in self.hints]
            total = self.bias + _sum_of(self.trees[:_FIRST_TREES], row)
            if total > _HOPELESS:
                total += _sum_of(self.trees[_FIRST_TREES:], row)
            scored.append((block, total))
        return scored


def _sum_of(trees: Sequence[Any], row: Sequence[float]) -> float:
    total = 0.0
    for tree in trees:
        node = tree
        while node.__class__ is tuple:
            node = node[2] if row[node[0]] <= node[1] else node[3]
        total += node
    return total


def _as_tuples(tree: Any) -> Any:
    if not isinstance(tree, list):
        return tree
    return (tree[0], tree[1], _as_tuples(tree[2]), _as_tuples(tree[3]))


@cache
def body_model() -> BodyModel:
    """Return the model of the package, loaded once."""
    return BodyModel(json.loads(WEIGHTS.read_text(encoding="utf-8")))
