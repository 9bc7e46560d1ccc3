"""Speed is printed by ``watches_speed``; here only that it has not collapsed by a factor."""

from __future__ import annotations

import pytest

from tests.benchmarks import watches_speed


@pytest.mark.skipif(
    not watches_speed.TEXTS.is_file(), reason="the shared test data is not beside the checkout"
)
def test_many_watches_are_put_to_an_article_in_milliseconds() -> None:
    figures = watches_speed.measure(2_000, watches_speed.articles()[:120])
    assert figures["articles_per_s"] > 150
    assert figures["build_s"] < 1
