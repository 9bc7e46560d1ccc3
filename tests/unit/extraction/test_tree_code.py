from __future__ import annotations

from typing import Any

import pytest

from crawler.extraction.tree_code import scorer

_TREES: list[Any] = [
    [0, 1.5, -1.0, [1, 0.25, 2.0, 4.0]],  # left where the feature is not above the threshold
    [2, 0.5, 0.0, 8.0],  # a flag
    16.0,  # a tree that is one leaf
]


@pytest.mark.parametrize(
    ("row", "mask", "expected"),
    [
        ([1.5, 9.0], 0, 15.0),
        ([1.6, 0.25], 0, 18.0),
        ([1.6, 0.26], 0, 20.0),
        ([1.6, 0.26], 0b100, 28.0),
        ([1.6, 0.26], 0b011, 20.0),
    ],
)
def test_trees_add_up_their_leaves(row: list[float], mask: int, expected: float) -> None:
    score = scorer(_TREES, features=2, flags={2: (1, 0b100)}, masks=2)
    assert score(row, (0b100, mask)) == expected


def test_a_threshold_that_no_flag_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="never compared"):
        scorer([[0, 1.5, 0.0, 1.0]], features=0, flags={0: (0, 1)}, masks=1)
