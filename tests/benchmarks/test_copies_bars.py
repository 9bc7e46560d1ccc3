"""Quality bars on shared test data; speeds are printed by the scripts beside, not asserted."""

from __future__ import annotations

import json

import pytest

from pipelines.url_key import url_key
from tests.benchmarks import copies_stories, copies_texts, copies_urls

shared = pytest.mark.skipif(
    not copies_urls.SHARED.is_dir(), reason="the shared test data is not beside the checkout"
)
HOSTILE = copies_urls.SHARED.parent / "hostile" / "pack"


@shared
def test_url_keys_find_real_pairs_and_merge_nothing_wrongly() -> None:
    figures = copies_urls.measure(copies_urls.url_pairs())
    assert figures["wrong_merges"] == 0
    assert figures["recall_real"] >= 0.83
    assert figures["recall_made"] == 1


@shared
@pytest.mark.parametrize(
    ("kind", "fewest_found", "most_suppressed"), [("real", 0.975, 0.005), ("synth", 0.985, 0.01)]
)
def test_copies_are_folded_and_fresh_articles_are_not(
    kind: str, fewest_found: float, most_suppressed: float
) -> None:
    figures = copies_texts.measure(kind)
    assert figures["pair_f1"] >= fewest_found
    assert figures["false_suppress"] <= most_suppressed


@shared
@pytest.mark.parametrize(("kind", "bar"), [("ecb", 0.86), ("titles", 0.82)])
def test_articles_about_one_event_come_together(kind: str, bar: float) -> None:
    assert copies_stories.measure(kind)["b3_f1"] >= bar


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile pack is not beside the checkout")
@pytest.mark.parametrize("part", ["urls", "urls_idna"])
def test_hostile_addresses_give_a_key_or_a_value_error(part: str) -> None:
    lines = (HOSTILE / part / "dev" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        address = json.loads(line)["input"]
        for candidate in (address, f"https://{address}/", f"https://example.com/{address}"):
            try:
                key = url_key(candidate)
            except ValueError:
                continue
            assert url_key(f"https://{key}") == key
