"""Copies: what is folded, what is linked, what stays apart."""

from __future__ import annotations

import random

import pytest

from pipelines.copies import CopyMatch, find_copy
from pipelines.fingerprint import fingerprint
from tests.benchmarks.copies_index import MemoryCopyIndex
from tests.unit.pipelines_identity.texts import article, edited

WIRE = article(11, 400)


def match_against(earlier: list[str], text: str) -> CopyMatch | None:
    index = MemoryCopyIndex()
    for number, known in enumerate(earlier):
        index.add(number, number, fingerprint(known))
    return find_copy(fingerprint(text), index)


@pytest.mark.parametrize(
    "copy",
    [
        WIRE,
        WIRE.upper(),
        edited(WIRE, 1, 0.04),
        edited(WIRE, 1, 0.08),
        WIRE[: len(WIRE) // 3],  # cut to fit
        WIRE[len(WIRE) // 2 :],
        article(12, 60) + "\n" + WIRE + "\n" + article(13, 60),  # own introduction and boxes
        "\n".join(random.Random(4).sample(WIRE.split("\n"), len(WIRE.split("\n")))),
    ],
)
def test_an_edited_cut_or_padded_text_is_a_copy(copy: str) -> None:
    match = match_against([article(14), WIRE, article(15)], copy)
    assert match is not None
    assert (match.article_id, match.kind) == (1, "copy")
    assert match.score > 0.4


def test_an_unrelated_text_matches_nothing() -> None:
    assert match_against([article(n) for n in range(20, 40)], WIRE) is None


def test_a_digest_contains_its_articles_and_is_no_copy_of_them() -> None:
    digest = "\n".join(article(n, 300) for n in range(30, 40))
    match = match_against([digest], article(33, 300))
    assert match is not None
    assert match.kind == "contains"


def test_an_update_of_a_wire_story_is_linked_but_not_folded() -> None:
    match = match_against([WIRE], WIRE[: len(WIRE) // 2] + "\n" + article(51, 240))
    assert match is not None
    assert match.kind == "update"


def report(seed: int) -> str:
    figures = random.Random(seed)
    return " ".join(
        f"Shares of company {name} closed at {figures.randint(100, 999)} crowns on the exchange "
        "in the capital on Friday, traders said, as volumes stayed thin ahead of the holiday."
        for name in ("Alder", "Birch", "Cedar", "Dogwood", "Elm")
    )


def test_reports_from_one_template_stay_apart_when_their_numbers_differ() -> None:
    assert match_against([report(1)], report(2)) is None
    again = match_against([report(1)], report(1))
    assert again is not None
    assert again.kind == "copy"


def test_captions_and_empty_texts_are_never_copies() -> None:
    caption = "The minister leaves the ministry on Friday evening after the vote."
    assert match_against([caption, ""], caption) is None
    assert match_against([caption, ""], "") is None


def test_a_single_bridge_does_not_merge_two_groups() -> None:
    # four copies of a long text, and one cut of it that also opens an unrelated piece
    index = MemoryCopyIndex()
    for number in range(4):
        index.add(number, 0, fingerprint(edited(WIRE, number, 0.02)))
    odd = article(70, 130)
    index.add(9, 0, fingerprint(odd))  # an outlier that once slipped into the group
    match = find_copy(fingerprint(odd), index)
    assert match is not None
    assert (match.article_id, match.kind) == (9, "update")


def test_the_earlier_article_wins_between_equals() -> None:
    match = match_against([WIRE, WIRE, WIRE], WIRE)
    assert match is not None
    assert match.article_id == 0
