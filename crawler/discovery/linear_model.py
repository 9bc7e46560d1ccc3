"""A linear model over named features: its score is the sum of the weights of those present."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights by feature name, as ``python -m tests.benchmarks.train_fronts`` wrote them."""

    weights: Mapping[str, float]
    bias: float

    @classmethod
    def load(cls, name: str) -> LinearModel:
        """Return the model in the data file ``name`` beside this module."""
        data = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        return cls(weights=data["weights"], bias=data["bias"])

    def score(self, features: Iterable[str]) -> float:
        """Return the log-odds; above zero means yes. Unknown features weigh nothing."""
        weights = self.weights
        return self.bias + sum([weights[feature] for feature in features if feature in weights])
