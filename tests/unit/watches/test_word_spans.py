"""Words and their places agree, in any text whatever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.word_spans import spelled, text_spellings, text_words, word_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O’Neill's AT&T, U.S.", ["o", "neill", "s", "at", "t", "u", "s"]),
        ("Łódź Straße ÆSIR naïve", ["lodz", "strasse", "aesir", "naive"]),
        ("北京AI技术", ["北", "京", "ai", "技", "术"]),
        ("می‌خواهم محـمد", ["میخواهم", "محمد"]),
        ("½ ﬁn", ["1", "2", "fin"]),
        ("—…“ ”", []),
    ],
)
def test_words_are_folded_alike(text: str, expected: list[str]) -> None:
    assert text_words(text) == expected


@given(st.text(max_size=40))
def test_words_and_places_agree(text: str) -> None:
    spans = word_spans(text)
    assert [span.word for span in spans] == text_words(text)
    assert len(text_spellings(text)) == len(spans)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)


@given(st.text(max_size=30))
def test_folding_folded_words_changes_nothing(text: str) -> None:
    words = text_words(text)
    assert text_words(" ".join(words)) == words


def test_a_spelling_keeps_its_case_and_drops_its_accents() -> None:
    assert spelled("Ślązak") == "Slazak"
    assert spelled("US") != spelled("us")
