"""Words and exact text hashes: what makes no difference, and what does."""

from __future__ import annotations

import pytest

from pipelines.fingerprint import text_hash
from pipelines.words import is_unspaced, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The vote “failed” - again.", "the vote 'failed'\n\nagain"),
        ("ﬁnance １２３", "finance 123"),
        ("STRASSE", "straße"),
        ("e\u0301te\u0301", "été"),
        ("बजट, मतदान।", "बजट मतदान"),
        ("會議、結束。", "會議 結束"),
    ],
)
def test_spelling_habits_make_no_difference(one: str, other: str) -> None:
    assert text_hash(one) == text_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It rose 1.5 percent", "It rose 15 percent"),
        ("a b", "b a"),
        ("किताब", "कताब"),  # a vowel sign is part of the word
        ("", "a"),
    ],
)
def test_other_words_give_another_hash(one: str, other: str) -> None:
    assert text_hash(one) != text_hash(other)


def test_the_hash_never_changes_between_releases() -> None:
    assert text_hash("First light.") == "2712b7b6952489a4d67cf1dfd80a74a3"


def test_words_of_scripts_with_combining_signs_stay_whole() -> None:
    assert words_of("हिन्दी में समाचार") == ["हिन्दी", "में", "समाचार"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("国会で予算案が可決された", True),
        ("สภาลงมติ", True),
        ("국회 예산안", False),
        ("Budget 予算", False),
    ],
)
def test_unspaced_scripts_are_recognised(text: str, answer: bool) -> None:
    assert is_unspaced(text) is answer
