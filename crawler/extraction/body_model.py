"""Scores blocks with the trees learnt from labelled pages (``body_weights.json``)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.body_features import FEATURES, ZONES, Surroundings, Zones, describe
from crawler.extraction.hints import BIT
from crawler.extraction.tree_code import scorer

WEIGHTS = Path(__file__).with_name("body_weights.json")


# The early trees weigh most: a block so low after them never comes back, whatever the page.
_FIRST_TREES = 30
_HOPELESS = -3.2


class BodyModel:
    """Boosted regression trees over FEATURES and hints; positive means "part of the body".

    Features beyond FEATURES are hints, named "zone:hint"; see ``tree_code`` for the trees.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        if data["features"] != list(FEATURES):
            raise ValueError(f"{WEIGHTS.name} was trained on other features; run `make train`")
        self.bias: float = data["bias"]
        named = [name.split(":") for name in data["hints"]]
        flags = {
            len(FEATURES) + i: (ZONES.index(zone), BIT[hint])
            for i, (zone, hint) in enumerate(named)
        }
        self.early, self.late = (
            scorer(trees, features=len(FEATURES), flags=flags, masks=len(ZONES))
            for trees in (data["trees"][:_FIRST_TREES], data["trees"][_FIRST_TREES:])
        )

    def scores(self, blocks: Sequence[Block], about: Surroundings) -> list[tuple[Block, float]]:
        """Return the blocks that may be part of the body, in order, each with its score."""
        scored = []
        zones = Zones(about.top)
        for block, row in describe(blocks, about):
            masks = zones.of(block)
            total = self.bias + self.early(row, masks)
            if total > _HOPELESS:
                total += self.late(row, masks)
            scored.append((block, total))
        return scored


@cache
def body_model() -> BodyModel:
    """Return the model of the package, loaded once."""
    return BodyModel(json.loads(WEIGHTS.read_text(encoding="utf-8")))
