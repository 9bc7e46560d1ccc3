"""The rhythm's bars on a part of the public traces; ``rhythm_figures`` prints the whole."""

from __future__ import annotations

import pytest

from tests.benchmarks import rhythm_figures

shared = pytest.mark.skipif(
    not rhythm_figures.TRACES.is_dir(), reason="the shared test data is not beside the checkout"
)


@shared
@pytest.mark.parametrize(
    ("trace", "theta", "requests_per_day", "bar"),
    [("topnews2022.dev", 4000.0, 6, 0.47), ("fb2016.dev", 1900.0, 24, 0.77)],
)
def test_stories_are_seen_sooner_than_at_a_fixed_interval(
    trace: str, theta: float, requests_per_day: int, bar: float
) -> None:
    found = rhythm_figures.replay(rhythm_figures.load(trace), theta, days=28)
    assert found.requests_per_day == pytest.approx(requests_per_day, rel=0.1)
    fixed = 1440 / found.requests_per_day / 2  # minutes, at the same number of requests
    assert found.mean <= bar * fixed
    assert found.lost == 0
